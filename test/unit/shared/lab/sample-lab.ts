import { expect, it } from 'vitest'

import { parseLab, type Lab, type PlainValue, type Problem } from '#shared/lab/index'

/** A change of the sample lab's plain data. */
export type Change = (file: Record<string, unknown>) => void

/** Reads `nodes[0].nic`: a path below `spec`, or below the root after a slash. */
function stepsOf(path: string): string[] {
  const steps = [...path.replace(/^\//u, '').matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/gu)]
  const keys = steps.map(([, quoted, index, plain]) => quoted ?? index ?? plain!)
  return path.startsWith('/') ? keys : ['spec', ...keys]
}

function parentOf(file: Record<string, unknown>, path: string): [Record<string, unknown>, string] {
  const steps = stepsOf(path)
  const parent = steps.slice(0, -1).reduce<unknown>((here, step) => (here as Record<string, unknown>)[step], file)
  return [parent as Record<string, unknown>, steps.at(-1)!]
}

/** Puts a value at a path. */
export function set(path: string, value: unknown): Change {
  return (file) => {
    const [parent, key] = parentOf(file, path)
    parent[key] = value
  }
}

/** Takes away what is at a path. */
export function drop(path: string): Change {
  return (file) => {
    const [parent, key] = parentOf(file, path)
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else Reflect.deleteProperty(parent, key)
  }
}

/** Puts values at the end of a list. */
export function push(path: string, ...values: unknown[]): Change {
  return (file) => {
    const [parent, key] = parentOf(file, path)
    ;(parent[key] as unknown[]).push(...values)
  }
}

/** Puts several values into a mapping. */
export function assign(path: string, values: Record<string, unknown>): Change {
  return (file) => {
    const [parent, key] = parentOf(file, path)
    Object.assign(parent[key] as object, values)
  }
}

/** A small valid lab as plain data: two racks with a node each, a spine, an external host. */
function sampleFile(): Record<string, PlainValue> {
  return {
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'sample' },
    spec: {
      fabric: {
        racks: [{ name: 'a' }, { name: 'b' }],
        switches: [{ name: 'tor-a', rack: 'a' }, { name: 'tor-b', rack: 'b' }, { name: 'spine', role: 'spine' }],
        links: [{ ends: ['tor-a', 'spine'] }, { ends: ['tor-b', 'spine'] }],
      },
      nodes: [
        { name: 'node-1', rack: 'a', uplinks: [{ switch: 'tor-a' }] },
        { name: 'node-2', rack: 'b', uplinks: [{ switch: 'tor-b' }] },
      ],
      cluster: {
        podCIDR: '10.244.0.0/16',
        serviceCIDR: '10.96.0.0/16',
        namespaces: [{ name: 'default' }],
        workloads: [
          { name: 'server', labels: { app: 'server' }, nodes: ['node-2'] },
          { name: 'client', nodes: ['node-1'] },
        ],
      },
      external: [{ name: 'outside', address: '203.0.113.10', attach: 'spine' }],
      variants: [{ name: 'host', cni: 'none' }, { name: 'calico', cni: 'calico' }, { name: 'cilium', cni: 'cilium' }],
      traffic: [{ name: 'bulk', kind: 'tcp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/server-0', port: 8080 } }],
      run: { duration: '1s', warmup: '100ms', seeds: 2 },
    },
  }
}

/** The text of the sample lab after changes. JSON is YAML. */
export function sampleText(...changes: readonly Change[]): string {
  const file = sampleFile()
  for (const change of changes) change(file)
  return JSON.stringify(file, null, 2)
}

/** The problems of the sample lab after changes. */
export function problemsAfter(...changes: readonly Change[]): readonly Problem[] {
  return parseLab(sampleText(...changes)).problems
}

/** The lab that the sample is after changes. Requires: they leave it valid. */
export function labAfter(...changes: readonly Change[]): Lab {
  const { lab, problems } = parseLab(sampleText(...changes))
  if (lab === undefined) throw new Error(JSON.stringify(problems))
  return lab
}

/** A test for each case: what it is, the changes that make it, and all the problems that it has, as `code path`. */
export function problemCases(cases: readonly (readonly [string, readonly Change[], readonly string[]])[]): void {
  it.each(cases)('%s', (_, changes, expected) => {
    const found = problemsAfter(...changes).map(({ code, path }) => `${code} ${path}`)
    expect(found.toSorted()).toEqual(expected.toSorted())
  })
}
