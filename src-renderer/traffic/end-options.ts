import type { PlainMapping } from '#shared/lab/index'
import { asList, asName, asNumber, asObject, type Given } from '#renderer/stores/given'
import type { Outline } from '#renderer/stores/outline'
import type { SelectOption } from '#renderer/ui/index'

/** Kinds of end, in the order they are offered. */
const END_KINDS = ['pod', 'workload', 'node', 'external', 'service'] as const

/** Pods of one workload that are offered one by one; beyond that the workload stands for them. */
const MOST_PODS_LISTED = 32

/** What can send, as a list to choose from. Values are `kind name`. */
export function endOptions(outline: Outline): readonly SelectOption[] {
  const group = (name: string, kind: string, names: readonly string[]): SelectOption[] =>
    names.map((end) => ({ value: `${kind} ${end}`, label: end.replace(/^default\//u, ''), group: name }))
  const pods = outline.workloads.flatMap(({ namespace, name, replicas }) =>
    Array.from({ length: Math.min(replicas, MOST_PODS_LISTED) }, (_, index) => `${namespace}/${name}-${index}`))
  return [
    ...group('Pods', 'pod', pods),
    ...group('Workloads', 'workload', outline.workloads.map(({ namespace, name }) => `${namespace}/${name}`)),
    ...group('Nodes', 'node', outline.nodes.map(({ name }) => name)),
    ...group('External hosts', 'external', outline.external.map(({ name }) => name)),
  ]
}

/** What can receive: what sends, and services, which are asked at their own address or from outside at one that nodes announce. */
export function receiverOptions(outline: Outline): readonly SelectOption[] {
  const services = outline.services.map(({ namespace, name }): SelectOption => {
    const full = `${namespace}/${name}`
    return { value: `service ${full}`, label: full.replace(/^default\//u, ''), group: 'Services' }
  })
  return [...services, ...endOptions(outline)]
}

/** An end of traffic as the file gives it, as a value of the list; empty when it names nothing. */
export function endValue(end: unknown): string {
  const given = asObject(end)
  const kind = END_KINDS.find((candidate) => asName(given[candidate]) !== undefined)
  return kind === undefined ? '' : `${kind} ${asName(given[kind])!}`
}

/** An end of traffic of a kind in words: `client-0`, `server-0:8080`. */
export function endText(end: unknown, kind: unknown): string {
  const value = endValue(end)
  const port = hasPorts(kind) ? asNumber(asObject(end)['port'], undefined) : undefined
  const name = value.slice(value.indexOf(' ') + 1).replace(/^default\//u, '')
  return name === '' ? 'nothing' : `${name}${port === undefined ? '' : `:${port}`}`
}

/** Whether a kind of traffic asks for ports: all but pings. */
export function hasPorts(kind: unknown): boolean {
  return kind !== 'icmp'
}

/**
 * The end that choosing a value gives. A receiving end gets a port: the first one that its workload listens on or that its
 * service has, else the one it had.
 */
export function endFromValue(outline: Outline, value: string, before: unknown, receiving: boolean): PlainMapping {
  const kind = value.slice(0, value.indexOf(' '))
  const name = value.slice(value.indexOf(' ') + 1)
  const end = { [kind]: name }
  if (!receiving) return end
  const workload = outline.workloads.find((item) => {
    const full = `${item.namespace}/${item.name}`
    return kind === 'workload' ? full === name : kind === 'pod' && name.replace(/-\d+$/u, '') === full
  })
  const service = outline.services.find(({ namespace, name: own }) => kind === 'service' && `${namespace}/${own}` === name)
  const listens = firstPort(workload?.given ?? asObject(service?.given['spec']))
  const port = listens ?? asNumber(asObject(before)['port'], undefined)
  return port === undefined ? end : { ...end, port }
}

function firstPort({ ports }: Given): number | undefined {
  return asNumber(asObject(asList(ports)[0])['port'], undefined)
}
