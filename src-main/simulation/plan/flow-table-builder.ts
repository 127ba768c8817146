import { ARRIVALS, CONGESTION, FLOW_KIND, TRANSPORT, type FlowTable, type RelayTable } from '#shared/plan/index'

import type { FlowChange, FlowDirection, FlowRow, RelayRow } from './flow-row'

type Column = Float64Array | Int32Array | Uint8Array | Uint32Array
type Pick<Of extends Column> = { readonly make: (length: number) => Of; readonly pick: (row: FlowRow) => number }

const column =
  <Of extends Column>(make: (length: number) => Of) =>
  (pick: (row: FlowRow) => number): Pick<Of> => ({ make, pick })

const whole = column((length) => new Int32Array(length))
const real = column((length) => new Float64Array(length))
const code = column((length) => new Uint8Array(length))
const address = column((length) => new Uint32Array(length))

/** Every column of the table, and what of a row it holds. The least times need the network's routes and come later. */
const COLUMNS = {
  kind: code((row) => FLOW_KIND[row.entry.kind]),
  transport: code((row) => TRANSPORT[row.entry.transport]),
  traffic: whole((row) => row.entry.traffic),
  clientHost: whole((row) => row.clientHost),
  serverHost: whole((row) => row.serverHost),
  clientAddress: address((row) => row.clientAddress),
  serverAddress: address((row) => row.serverAddress),
  serverPort: whole((row) => row.serverPort),
  startNs: real((row) => row.entry.startNs),
  stopNs: real((row) => row.entry.stopNs),
  forwardTx: whole((row) => row.forward.transmit),
  forwardRx: whole((row) => row.forward.receive),
  reverseTx: whole((row) => row.reverse.transmit),
  reverseRx: whole((row) => row.reverse.receive),
  forwardAckTx: whole((row) => row.forward.ackTransmit),
  forwardAckRx: whole((row) => row.forward.ackReceive),
  reverseAckTx: whole((row) => row.reverse.ackTransmit),
  reverseAckRx: whole((row) => row.reverse.ackReceive),
  forwardTemplate: whole((row) => row.forward.template),
  reverseTemplate: whole((row) => row.reverse.template),
  forwardHeaderBytes: whole((row) => row.forward.headerBytes),
  reverseHeaderBytes: whole((row) => row.reverse.headerBytes),
  mssBytes: whole((row) => row.mssBytes),
  gsoSegments: whole((row) => row.gsoSegments),
  groSegments: whole((row) => row.groSegments),
  congestion: code((row) => CONGESTION[row.entry.congestion]),
  ecn: code((row) => Number(row.entry.ecn)),
  minRtoNs: real((row) => row.entry.minRtoNs),
  dscp: code((row) => row.entry.dscp),
  reversed: code((row) => Number(row.entry.reversed)),
  zeroCopy: code((row) => Number(row.entry.zeroCopy)),
  noDelay: code((row) => Number(row.entry.noDelay)),
  writeBytes: whole((row) => row.entry.writeBytes),
  requestBytes: whole((row) => row.entry.requestBytes),
  responseBytes: whole((row) => row.entry.responseBytes),
  requestSizes: whole((row) => row.entry.requestSizes),
  responseSizes: whole((row) => row.entry.responseSizes),
  timeoutNs: real((row) => row.entry.timeoutNs),
  pool: whole((row) => row.pool),
  barrier: whole((row) => row.barrier),
  leastNs: real(() => 0),
  leastNsPerByte: real(() => 0),
  gapNs: real((row) => row.gapNs),
  arrivals: code((row) => ARRIVALS[row.entry.arrivals]),
  arrivalSeed: address(() => 0),
  maxGapNs: real(() => Infinity),
  autotuned: code((row) => row.entry.autotuned),
  sendBufferBytes: real((row) => row.entry.sendBufferBytes),
  receiveBufferBytes: real((row) => row.entry.receiveBufferBytes),
} as const satisfies Record<Exclude<keyof FlowTable, 'count'>, unknown>

/** A row (2 · flow + direction) that runs other programs from a time on. */
export interface ProgramChange {
  readonly atNs: number
  readonly forNewOnly: boolean
  readonly row: number
  readonly direction: FlowDirection
}

const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]
const FIRST_CAPACITY = 64
const NONE = -1

/** Collects flows as columns: labs have a hundred thousand, and as objects they would take a gigabyte. */
export class FlowTableBuilder {
  /** Flows so far. */
  count = 0
  private readonly relayed: { readonly flow: number; readonly row: FlowRow; readonly relay: RelayRow }[] = []
  /** Flows whose programs change, with the flow behind a node that forwards. */
  private readonly changing: { readonly flow: number; readonly behind: number | undefined; readonly changes: readonly FlowChange[] }[] = []
  private capacity = 0
  private columns: Column[] = []

  /** Adds a flow. */
  add(row: FlowRow): void {
    if (row.relay !== undefined) this.relayed.push({ flow: this.count, row, relay: row.relay })
    else if (row.changes !== undefined) this.changing.push({ flow: this.count, behind: undefined, changes: row.changes })
    this.append(row)
  }

  /** Adds the legs behind nodes that forward, in the flows' order; undefined where there is none. */
  private addRelays(): RelayTable | undefined {
    if (this.relayed.length === 0) return undefined
    const openings = this.relayed.filter(({ relay }) => relay.opening !== undefined).length
    const count = this.count + this.relayed.length + openings
    const table = {
      behind: new Int32Array(count).fill(NONE),
      opening: new Int32Array(count).fill(NONE),
      carries: new Int32Array(count).fill(NONE),
      host: new Int32Array(count).fill(NONE),
      answers: new Uint8Array(count),
      ownPort: new Uint8Array(count),
    }
    for (const { flow, row, relay } of this.relayed) {
      const { host, serverPort, forward, reverse } = relay
      const addLeg = (toServer: FlowDirection): number => {
        const leg = this.count
        table.carries[leg] = flow
        table.host[leg] = host
        table.ownPort[leg] = Number(relay.ownPort)
        const entry = { ...row.entry, kind: 'relay' } as const
        this.append({ ...row, entry, clientHost: host, serverHost: host, serverPort, forward: toServer, reverse, pool: leg, barrier: 0, gapNs: 0 })
        return leg
      }
      table.answers[flow] = Number(relay.answers)
      table.behind[flow] = addLeg(forward)
      if (relay.opening !== undefined) table.opening[flow] = addLeg(relay.opening)
      if (row.changes !== undefined) this.changing.push({ flow, behind: table.behind[flow], changes: row.changes })
    }
    return table
  }

  private append(row: FlowRow): void {
    if (this.count === this.capacity) this.resize(Math.max(FIRST_CAPACITY, this.capacity * 2))
    for (let index = 0; index < NAMES.length; index++) {
      this.columns[index]![this.count] = COLUMNS[NAMES[index]!].pick(row)
    }
    this.count++
  }

  /** The columns of the plan, but for the least times, which are zero; which flows others carry on, and which programs change. */
  finish(): { readonly flows: FlowTable; readonly relays: RelayTable | undefined; readonly programs: readonly ProgramChange[] } {
    const relays = this.addRelays()
    this.resize(this.count)
    const columns = Object.fromEntries(NAMES.map((name, index) => [name, this.columns[index]]))
    return { flows: { count: this.count, ...columns } as unknown as FlowTable, relays, programs: this.programChanges() }
  }

  private programChanges(): ProgramChange[] {
    return this.changing.flatMap(({ flow, behind, changes }) =>
      changes.flatMap(({ atNs, forNewOnly, forward, reverse, there }) => [
        { atNs, forNewOnly, row: 2 * flow, direction: forward },
        ...(reverse === undefined ? [] : [{ atNs, forNewOnly, row: 2 * flow + 1, direction: reverse }]),
        ...(behind === undefined || there === undefined ? [] : [{ atNs, forNewOnly, row: 2 * behind, direction: there }]),
      ]),
    )
  }

  private resize(capacity: number): void {
    this.columns = NAMES.map((name, index) => {
      const grown = COLUMNS[name].make(capacity)
      const old = this.columns[index]
      if (old !== undefined) grown.set(old.subarray(0, Math.min(this.count, capacity)))
      return grown
    })
    this.capacity = capacity
  }
}
