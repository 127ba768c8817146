import { DROP_REASONS, dropReasonId, PASS_ENTRY, PROGRAM_END, stageNumber, type DropReason, type ProgramTable, type StageId } from '#shared/plan/index'
import type { Offloads } from '#shared/lab/index'

import type { Path, Step, TrackingModel } from '../cni/common/index'
import type { StageCost, StageCosts } from './calibration'
import type { CompiledPass, StageReference } from './compiled-pass'
import { starts } from './starts'
import { findLooks, type LookingProgram, type ProgramLooks, type RefusalProgram } from './tracking-looks'

/** What packets run a program, as far as it changes stages or costs. */
export interface PacketKind {
  readonly transport: 'tcp' | 'udp' | 'icmp'
  /** Without payload: acknowledgements and handshakes. */
  readonly payload: boolean
  /** Whether the sender builds trains of segments. */
  readonly trains: boolean
  /** Whether the direction's first packet opens the connection (client to server). */
  readonly opens: boolean
  readonly encapsulated: boolean
  readonly encrypted: boolean
}

/** Half of what a node does that forwards. */
export interface RelayPart {
  readonly path: Path
  readonly kind: PacketKind
}

/** What becomes of a packet behind a program. */
export type ProgramEnd = 'nic' | 'socket' | 'back' | { readonly drop: DropReason }

const NO_PASS = -1

/** Turns paths into programs: puts the transport's stages in, adds what offloads change, and costs every stage. */
export class ProgramCompiler {
  private readonly costs: StageCosts
  private readonly programs: LookingProgram[] = []
  private readonly known = new Map<Path, Map<number, number>>()
  private readonly relays = new Map<Path, Map<Path, Map<string, number>>>()

  constructor(costs: StageCosts) {
    this.costs = costs
  }

  /** The number of the program for a path; the same arguments give the same program. */
  program(path: Path, end: ProgramEnd, kind: PacketKind, offloads: Offloads): number {
    const variants = this.known.get(path) ?? new Map<number, number>()
    this.known.set(path, variants)
    const key = keyOf(end, kind, offloads)
    const known = variants.get(key)
    if (known !== undefined) return known
    const number = this.programs.length
    this.programs.push({ passes: this.compile(path, kind, offloads), end: endNumber(end), packets: kind })
    variants.set(key, number)
    return number
  }

  /** The number of the program of a node that forwards: what arrives by one path leaves by another, out of its NIC. */
  relay(arriving: RelayPart, leaving: RelayPart, offloads: Offloads): number {
    const byLeaving = this.relays.get(arriving.path) ?? new Map<Path, Map<string, number>>()
    this.relays.set(arriving.path, byLeaving)
    const variants = byLeaving.get(leaving.path) ?? new Map<string, number>()
    byLeaving.set(leaving.path, variants)
    const key = `${keyOf('nic', arriving.kind, offloads)} ${keyOf('nic', leaving.kind, offloads)}`
    const number = variants.get(key) ?? this.programs.length
    if (number === this.programs.length) {
      const passes = [arriving, leaving].flatMap(({ path, kind }) => this.compile(path, kind, offloads))
      this.programs.push({ passes, end: PROGRAM_END.nic, packets: arriving.kind })
      variants.set(key, number)
    }
    return number
  }

  /** A path's passes with their costs: what a program is made of, and what traces show. */
  compile(path: Path, kind: PacketKind, offloads: Offloads): CompiledPass[] {
    const mergingPass =
      kind.transport === 'tcp' && kind.payload && offloads.gro ? findMergingPass(path, kind, offloads) : NO_PASS
    const nicSegments = kind.trains && !(offloads.tso && (offloads.tunnel || !kind.encapsulated))
    // What is split or merged in software is summed on the way; single packets by themselves.
    const sumsInSoftware = kind.payload && kind.encapsulated && !kind.encrypted && !kind.trains && !offloads.tunnel
    let isSplit = false
    return path.map((pass, index) => {
      const merges = index === mergingPass
      const references = pass.steps.flatMap((step) => {
        const splits = kind.trains && !isSplit && (SPLITTING.has(step.stage) || step.sumsInSoftware === true)
        isSplit ||= splits
        const sums = sumsInSoftware && !merges ? this.checksum(step, kind) : this.ownChecksum(step, kind)
        const own = [...this.references(step, kind, nicSegments && !isSplit, merges), ...sums]
        if (!isSplit) return own
        const split = splits ? [this.reference('gso-segment', undefined, step, kind)] : []
        return [...split, ...own.map(perSegment)]
      })
      return { entry: pass.entry, merges, orphans: pass.orphans === true, references }
    })
  }

  private references(step: Step, kind: PacketKind, segments: boolean, merges: boolean): StageReference[] {
    const reference = (stage: StageId, costKind?: string) => this.reference(stage, costKind, step, kind)
    switch (step.stage) {
      case 'transport-transmit':
        if (kind.transport !== 'tcp') return [reference(`${kind.transport}-transmit`)]
        return [reference('tcp-transmit', kind.payload ? undefined : 'acknowledgement')]
      case 'transport-receive':
        if (kind.transport !== 'tcp') return [reference(`${kind.transport}-receive`)]
        return [reference(kind.payload ? 'tcp-receive' : 'tcp-ack-receive')]
      case 'nic-transmit':
        return segments
          ? [reference('gso-segment'), reference('nic-transmit', 'segments')]
          : [reference('nic-transmit')]
      case 'gro-cell':
        return [reference('gro-cell', merges ? 'merging' : undefined)]
      default:
        return [reference(step.stage, step.kind)]
    }
  }

  /** The sum over a packet in a tunnel that the NIC does not understand: by the driver, and where the tunnel ends. */
  private checksum(step: Step, kind: PacketKind): StageReference[] {
    if (step.stage === 'nic-transmit') return [this.reference('checksum-transmit', undefined, step, kind)]
    return step.stage === 'gro-cell' ? [this.reference('checksum-receive', undefined, step, kind)] : []
  }

  /** The sum over a packet that a device has to make by itself; splitting a train makes its segments' sums. */
  private ownChecksum(step: Step, kind: PacketKind): StageReference[] {
    const sums = step.sumsInSoftware === true && kind.payload && !kind.trains
    return sums ? [this.reference('checksum-transmit', undefined, step, kind)] : []
  }

  private reference(stage: StageId, costKind: string | undefined, step: Step, kind: PacketKind): StageReference {
    const cost = this.costs.of(stage, costKind)
    const { times = 1 } = step
    const opens = kind.opens && step.outer !== true
    return {
      stage,
      kind: costKind,
      step,
      cost: {
        perPacket: cost.perPacket * times,
        perSegment: cost.perSegment * times,
        perByte: cost.perByte * times,
        firstPerPacket: (opens ? cost.firstPerPacket : cost.perPacket) * times,
        coldPerPacket: cost.coldPerPacket * times,
        coldFirstPerPacket: (opens ? cost.coldFirstPerPacket : cost.coldPerPacket) * times,
      },
    }
  }

  /** The columns of the plan: the programs, and which of their passes look at tables of connections. */
  finish(model: TrackingModel): { readonly programs: ProgramTable; readonly looks: ReturnType<ProgramLooks['columns']> } {
    const looks = findLooks(model, this.programs)
    const programs = programTable([...this.programs, ...looks.refusals])
    return { programs, looks: looks.columns(programs.passFirst, programs.passCount) }
  }
}

/** Programs as columns. */
function programTable(programs: readonly RefusalProgram[]): ProgramTable {
  const passes = programs.flatMap((program) => program.passes)
  const references = passes.flatMap((pass) => pass.references)
  const column = (pick: (cost: StageCost) => number) => Float64Array.from(references, ({ cost }) => pick(cost))
  return {
    count: programs.length,
    passFirst: starts(programs.map((program) => program.passes.length)),
    end: Int32Array.from(programs, (program) => program.end),
    orphanPass: orphanPasses(programs),
    passCount: passes.length,
    entry: Int32Array.from(passes, (pass) => PASS_ENTRY[pass.entry]),
    merges: Uint8Array.from(passes, (pass) => Number(pass.merges)),
    refFirst: starts(passes.map((pass) => pass.references.length)),
    refStage: Int32Array.from(references, (reference) => stageNumber(reference.stage)),
    refPerPacket: column((cost) => cost.perPacket),
    refPerSegment: column((cost) => cost.perSegment),
    refPerByte: column((cost) => cost.perByte),
    refFirstPerPacket: column((cost) => cost.firstPerPacket),
    refFirstPerSegment: column((cost) => cost.perSegment),
    refFirstPerByte: column((cost) => cost.perByte),
    refColdPerPacket: column((cost) => cost.coldPerPacket),
    refColdFirstPerPacket: column((cost) => cost.coldFirstPerPacket),
  }
}

/** Where each program's packets leave their socket's account. */
function orphanPasses(programs: readonly RefusalProgram[]): Int32Array {
  let first = 0
  return Int32Array.from(programs, ({ passes }) => {
    const index = passes.findIndex((pass) => pass.orphans)
    const pass = index < 0 ? NO_PASS : first + index
    first += passes.length
    return pass
  })
}

/** Stages before which a train is split in software whatever the NIC can do: every segment is encrypted by itself. */
const SPLITTING: ReadonlySet<Step['stage']> = new Set(['wireguard-encrypt', 'esp-encrypt'])
/** What a stage costs behind a split: once for every segment. */
function perSegment(reference: StageReference): StageReference {
  const { perPacket, perSegment: ofSegment, firstPerPacket } = reference.cost
  const cost = {
    ...reference.cost,
    perPacket: 0,
    perSegment: ofSegment + perPacket,
    firstPerPacket: firstPerPacket - perPacket,
  }
  return { ...reference, cost }
}

const TRANSPORTS: readonly PacketKind['transport'][] = ['tcp', 'udp', 'icmp']

/** A number for each combination: a program is asked for several times for every flow. */
function keyOf(end: ProgramEnd, kind: PacketKind, offloads: Offloads): number {
  const { payload, trains, opens, encapsulated, encrypted } = kind
  const { tso, gro, tunnel } = offloads
  const flags = [payload, trains, opens, encapsulated, encrypted, tso, gro, tunnel]
  const bits = flags.reduce((sum, flag) => sum * 2 + Number(flag), 0)
  return (bits * TRANSPORTS.length + TRANSPORTS.indexOf(kind.transport)) * (PROGRAM_END.drop + DROP_REASONS.length) + endNumber(end)
}

function endNumber(end: ProgramEnd): number {
  return typeof end === 'string' ? PROGRAM_END[end] : PROGRAM_END.drop + dropReasonId(end.drop)
}

/**
 * The pass before which segments are merged: right behind the NIC where it checks the inner checksum (no tunnel, or a
 * tunnel that it understands); where packets are decrypted, behind that; else where the tunnel's GRO cell is polled.
 */
function findMergingPass(path: Path, kind: PacketKind, offloads: Offloads): number {
  if (path[0]?.entry !== 'nic') return NO_PASS
  if (kind.encrypted) return behindDecryption(path)
  return kind.encapsulated && !offloads.tunnel ? path.findIndex((pass) => pass.entry === 'groCell') : 1
}

function behindDecryption(path: Path): number {
  const decryption = path.findIndex(({ steps }) => steps.some(({ stage }) => DECRYPTING.has(stage)))
  return path.findIndex(({ entry }, index) => index > decryption && entry === 'groCell')
}

const DECRYPTING: ReadonlySet<Step['stage']> = new Set(['wireguard-decrypt', 'esp-decrypt'])
