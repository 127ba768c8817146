import { matchesDnsPattern, matchesHttpPath, type Request } from '#shared/lookup/policy/index'

import { FieldPlace, FieldReader, fieldErrorText, isObject, type FieldError } from '../../kubernetes/field-reader'
import { isApiObject, type ApiObject } from '../../kubernetes/object'
import { formatSelector, matchesSelector, parseSelector } from '../calico/index'
import { compileDialect, readPolicies, type Dialect } from '../dialects'
import type { Decision } from '../policy-set'
import { verdictOf, type Flow } from '../verdict'
import { readVectorCluster, type VectorCluster } from './vector-cluster'

/** The answers to a file of vectors (`cnilab/reach/v1`). */
export interface VectorAnswers {
  readonly suite: string
  readonly cases: readonly CaseAnswer[]
}

/** The answer to one case: to its probes, or to its selector, pattern, path or object. */
export interface CaseAnswer {
  readonly name: string
  readonly probes?: readonly ProbeAnswer[]
  readonly match?: boolean
  readonly valid?: boolean
  readonly canonical?: string
  /** What is wrong with an object that is not valid. */
  readonly errors?: readonly string[]
}

/** The verdict about one probe, and what decided at each end. */
export interface ProbeAnswer {
  readonly from: string
  readonly to: string
  readonly port?: number
  readonly protocol: string
  readonly verdict: 'allow' | 'deny'
  readonly decidedBy: { readonly egress: Decision; readonly ingress: Decision }
}

/** Answers a file of vectors, or says why it is none. Never throws for what the file says. */
export function runVectors(file: unknown): VectorAnswers | { readonly error: string } {
  if (!isObject(file) || !Array.isArray(file['cases'])) return { error: 'It holds no list `cases`.' }
  const suite = typeof file['suite'] === 'string' ? file['suite'] : ''
  const cases: unknown[] = file['cases']
  const dialect = dialectOf(suite, cases)
  const errors: FieldError[] = []
  const shared = clusterAt(file['cluster'], 'cluster', errors)
  const answers = cases.map((item, index): CaseAnswer => {
    const place = `cases[${index}]`
    if (!isObject(item)) {
      errors.push({ field: place, kind: 'Invalid value', detail: 'must be an object' })
      return { name: '' }
    }
    const cluster = clusterAt(item['cluster'], `${place}.cluster`, errors) ?? shared
    return answerCase(item, new FieldReader(item, new FieldPlace(place, errors)), cluster, dialect)
  })
  return errors.length > 0 ? { error: `${errors.map(fieldErrorText).join('; ')}.` } : { suite, cases: answers }
}

function clusterAt(value: unknown, path: string, errors: FieldError[]): VectorCluster | undefined {
  if (value === undefined) return undefined
  return readVectorCluster(new FieldReader(value, new FieldPlace(path, errors)))
}

/** The dialect follows from the objects of a file, or from the suite's name where they are Kubernetes' own. */
function dialectOf(suite: string, cases: readonly unknown[]): Dialect {
  const versions = cases.flatMap((item) => policiesOf(item).map((policy) => policy.apiVersion))
  if (versions.some((version) => version.includes('cilium.io')) || suite.startsWith('cilium')) return 'cilium'
  if (versions.some((version) => version.includes('projectcalico.org')) || suite.startsWith('calico')) return 'calico'
  return 'kubernetes'
}

function policiesOf(item: unknown): ApiObject[] {
  const policies = isObject(item) ? item['policies'] : undefined
  return Array.isArray(policies) ? policies.filter(isApiObject) : []
}

function answerCase(
  item: Readonly<Record<string, unknown>>,
  fields: FieldReader,
  cluster: VectorCluster | undefined,
  dialect: Dialect,
): CaseAnswer {
  const name = fields.string('name') ?? ''
  if (fields.has('selector')) return { name, ...answerSelector(fields.string('selector') ?? '', fields.strings('labels')) }
  if (fields.has('pattern')) {
    return { name, match: matchesDnsPattern(fields.string('pattern') ?? '', fields.string('fqdn') ?? '') }
  }
  if (fields.has('path')) return { name, match: answerPath(fields) }
  if (fields.has('policy')) return { name, ...answerObject(item['policy'], dialect) }
  if (cluster === undefined) {
    fields.at('cluster').required('neither the case nor the suite has one')
    return { name }
  }
  return { name, probes: answerProbes(fields, cluster, policiesOf(item), dialect) }
}

function answerSelector(
  text: string,
  labels: Readonly<Record<string, string>> | undefined,
): Pick<CaseAnswer, 'match' | 'valid' | 'canonical'> {
  const parsed = parseSelector(text)
  if ('error' in parsed) return { valid: false, ...(labels === undefined ? {} : { match: false }) }
  const { selector } = parsed
  return {
    valid: true,
    canonical: formatSelector(selector),
    ...(labels === undefined ? {} : { match: matchesSelector(selector, labels) }),
  }
}

function answerPath(fields: FieldReader): boolean {
  const path = fields.string('path') ?? ''
  const rule = fields.object('rule', (entry) => {
    const exact = entry.string('exact')
    return exact === undefined ? { prefix: entry.string('prefix') ?? '' } : { exact }
  })
  return rule !== undefined && matchesHttpPath(rule, path)
}

function answerObject(value: unknown, dialect: Dialect): Pick<CaseAnswer, 'valid' | 'errors'> {
  if (!isApiObject(value)) return { valid: false, errors: ['it has no apiVersion, kind and metadata.name'] }
  const { refused } = readPolicies([value], dialect)
  const errors = refused.flatMap((refusal) => refusal.reasons)
  return errors.length === 0 ? { valid: true } : { valid: false, errors }
}

function answerProbes(
  fields: FieldReader,
  { cluster, numberOf }: VectorCluster,
  objects: readonly ApiObject[],
  dialect: Dialect,
): ProbeAnswer[] {
  const policies = compileDialect(cluster, readPolicies(objects, dialect), dialect)
  const answer = (probe: FieldReader): ProbeAnswer => {
    const [from, to] = (['from', 'to'] as const).map((end) => probe.string(end) ?? '') as [string, string]
    const port = probe.integer('port')
    const protocol = probe.string('protocol') ?? 'TCP'
    const numbers = [endNumber(probe, 'from', numberOf), endNumber(probe, 'to', numberOf)] as const
    const flow: Flow = { from: numbers[0], to: numbers[1], protocol, ...flowDetails(probe) }
    const { verdict, egress, ingress } = verdictOf(policies, flow)
    return {
      from,
      to,
      ...(port === undefined ? {} : { port }),
      protocol,
      verdict,
      decidedBy: { egress: egress.by, ingress: ingress.by },
    }
  }
  return fields.list('probes', (value, place) => answer(new FieldReader(value, place))) ?? []
}

function endNumber(probe: FieldReader, end: 'from' | 'to', numberOf: ReadonlyMap<string, number>): number {
  const reference = probe.string(end) ?? ''
  const number = numberOf.get(reference)
  if (number === undefined) probe.at(end).invalid(reference, 'the cluster has no such end')
  return number ?? 0
}

function flowDetails(probe: FieldReader): Omit<Flow, 'from' | 'to' | 'protocol'> {
  const port = probe.integer('port')
  const sourcePort = probe.integer('srcPort')
  const icmp = probe.object('icmp', (fields) => {
    const code = fields.integer('code')
    return { type: fields.integer('type') ?? 0, ...(code === undefined ? {} : { code }) }
  })
  const http = probe.object('http', (fields): Request => {
    const host = fields.string('host')
    const headers = fields.strings('headers')
    return {
      kind: 'http',
      method: fields.string('method') ?? '',
      path: fields.string('path') ?? '',
      ...(host === undefined ? {} : { host }),
      ...(headers === undefined ? {} : { headers }),
    }
  })
  const dns = probe.object('dns', (fields): Request => ({ kind: 'dns', name: fields.string('name') ?? '' }))
  const request = http ?? dns
  return {
    ...(port === undefined ? {} : { port }),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(icmp === undefined ? {} : { icmp }),
    ...(request === undefined ? {} : { request }),
  }
}
