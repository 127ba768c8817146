import { bytes, nanos, type BitsPerSecond, type Bytes, type Nanos } from '#shared/units/index'

import { addIssue } from '../issue'
import { nanosSchema, positiveBytesSchema, rateSchema, shareSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/**
 * How packets that wait are ordered, dropped and marked, by the names that `tc` has for them. `droptail` is first come,
 * first served; `pfifo_fast` has the kernel's three bands by DSCP, `prio` eight by class selector; `threshold` marks at a queue length, as switches for DCTCP do.
 */
export const DISCIPLINE_KINDS = [
  'droptail',
  'pfifo_fast',
  'prio',
  'red',
  'threshold',
  'codel',
  'fq_codel',
  'fq',
] as const

/** A kind of queueing discipline. */
export type DisciplineKind = (typeof DISCIPLINE_KINDS)[number]

/** A queueing discipline. Options that its kind has no use for are absent. */
export interface Discipline {
  readonly kind: DisciplineKind
  /** Whether packets of senders that know congestion marks (ECN) are marked instead of dropped. */
  readonly ecn?: boolean
  /** red: mean queue length at which dropping begins, and at which every packet is dropped. */
  readonly min?: Bytes
  readonly max?: Bytes
  /** red: share of packets dropped just below `max`. */
  readonly probability?: number
  /** red: weight of the current queue length in its mean. */
  readonly weight?: number
  /** threshold: queue length from which every packet is marked. */
  readonly threshold?: Bytes
  /** codel, fq_codel: acceptable least waiting time, and the time over which it is taken. */
  readonly target?: Nanos
  readonly interval?: Nanos
  /** fq_codel, fq: number of queues that flows are hashed to. */
  readonly flows?: number
  /** fq_codel, fq: bytes a flow may send in its turn. */
  readonly quantum?: Bytes
  /** fq: packets of one flow that may wait. */
  readonly flowLimit?: number
  /** fq: most that one flow may send, bits a second. */
  readonly maxRate?: BitsPerSecond
}

/** An option of a discipline. */
export type DisciplineOption = Exclude<keyof Discipline, 'kind'>

/** Which options mean something for which kind. */
export const OPTIONS_OF_DISCIPLINE: Readonly<Record<DisciplineKind, readonly DisciplineOption[]>> = {
  droptail: [],
  pfifo_fast: [],
  prio: [],
  red: ['min', 'max', 'probability', 'weight', 'ecn'],
  threshold: ['threshold'],
  codel: ['target', 'interval', 'ecn'],
  fq_codel: ['target', 'interval', 'flows', 'quantum', 'ecn'],
  fq: ['flows', 'quantum', 'flowLimit', 'maxRate'],
}

/**
 * Defaults of each kind, filled in for the options it has:
 * - red: 30 and 90 kB, 1 : 3 as Floyd and Jacobson advise (RED gateways, 1993); 2 % as tc-red(8); weight 0.002 (ibid.).
 * - threshold: 65 packets of 1500 bytes, what DCTCP was published with for 10 Gbit/s (Alizadeh et al., 2010, section 3.4).
 * - codel: 5 ms, 100 ms (RFC 8289, section 4.4), marks off as in net/sched/sch_codel.c.
 * - fq_codel: the same, 1024 flows, a quantum of one Ethernet frame, marks on (RFC 8290; net/sched/sch_fq_codel.c).
 * - fq: 1024 buckets, a quantum of two frames, 100 packets a flow (net/sched/sch_fq.c).
 */
const DISCIPLINE_DEFAULTS: Readonly<Record<DisciplineKind, Omit<Discipline, 'kind'>>> = {
  droptail: {},
  pfifo_fast: {},
  prio: {},
  red: { min: bytes(30_000), max: bytes(90_000), probability: 0.02, weight: 0.002, ecn: false },
  threshold: { threshold: bytes(97_500) },
  codel: { target: nanos(5_000_000), interval: nanos(100_000_000), ecn: false },
  fq_codel: { target: nanos(5_000_000), interval: nanos(100_000_000), flows: 1024, quantum: bytes(1514), ecn: true },
  fq: { flows: 1024, quantum: bytes(3028), flowLimit: 100 },
}

/** A discipline with its kind's defaults. */
export function usualDiscipline(kind: DisciplineKind): Discipline {
  return { kind, ...DISCIPLINE_DEFAULTS[kind] }
}

/** The largest number of flow queues that sch_fq_codel and sch_fq take. */
const MOST_FLOWS = 65_536

/** The schema of a queueing discipline. The default, `droptail`, is first come, first served. */
export const disciplineSchema = z
  .strictObject({
    kind: z.enum(DISCIPLINE_KINDS).default('droptail'),
    ecn: z.boolean().optional(),
    min: positiveBytesSchema.optional(),
    max: positiveBytesSchema.optional(),
    probability: shareSchema.optional(),
    weight: shareSchema.optional(),
    threshold: positiveBytesSchema.optional(),
    target: nanosSchema.optional(),
    interval: nanosSchema.optional(),
    flows: wholeNumber(1, MOST_FLOWS).optional(),
    quantum: positiveBytesSchema.optional(),
    flowLimit: wholeNumber(1, 1_000_000).optional(),
    maxRate: rateSchema.optional(),
  })
  .superRefine((discipline, context) => {
    const { kind, ...options } = discipline
    const heeded: readonly string[] = OPTIONS_OF_DISCIPLINE[kind]
    for (const option of Object.keys(options)) {
      if (heeded.includes(option)) continue
      const fix = heeded.length === 0 ? 'Leave it out.' : `It takes ${heeded.join(', ')}.`
      addIssue(context, 'not-applicable', `A ${kind} queue has no ${option}.`, fix, [option])
    }
  })
  .transform((discipline): Discipline => ({ ...DISCIPLINE_DEFAULTS[discipline.kind], ...discipline }))
  .superRefine(({ kind, min = 0, max = 0, interval }, context) => {
    if (kind === 'red' && min >= max) {
      addIssue(context, 'wrong-value', 'Dropping begins below the length at which every packet is dropped: min < max.', undefined, ['min'])
    }
    if (interval !== undefined && interval < 1) addIssue(context, 'out-of-range', 'An interval is above zero.', undefined, ['interval'])
  })
