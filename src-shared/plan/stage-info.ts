import type { DropReason } from './drop-reasons'

/**
 * Where a stage's time is spent: in the application's system call, in a softirq, or in the device's NAPI poll. `inherit`
 * stages run in whatever context called them (a transmission runs in the sender's system call or, clocked by an
 * acknowledgement, in the softirq that brought it).
 */
export type StageContext = 'process' | 'softirq' | 'napi' | 'inherit'

/** What a stage is. */
export interface StageInfo {
  readonly id: string
  readonly context: StageContext
  /** Group under which charts stack the stage. */
  readonly group: StageGroup
  /** One sentence: what the kernel does here. */
  readonly does: string
  readonly canDrop: readonly DropReason[]
}

/** Groups of stages, in the order in which charts stack them. */
export const STAGE_GROUPS = [
  'application',
  'socket',
  'veth',
  'netfilter',
  'routing',
  'ebpf',
  'encapsulation',
  'device',
] as const

/** A group of stages. */
export type StageGroup = (typeof STAGE_GROUPS)[number]

/** Writes a stage down; its name is kept as a literal. */
export const stage = <const Id extends string>(
  id: Id,
  context: StageContext,
  group: StageGroup,
  does: string,
  canDrop: readonly DropReason[] = [],
): StageInfo & { readonly id: Id } => ({ id, context, group, does, canDrop })
