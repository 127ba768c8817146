import { ARRIVALS, CONGESTION, FLOW_KIND, TRANSPORT, type FlowTable } from '#shared/plan/index'

/** The programs and header of one direction of a flow. */
export interface FlowDirection {
  readonly transmit: number
  readonly receive: number
  readonly ackTransmit: number
  readonly ackReceive: number
  readonly template: number
  readonly headerBytes: number
}

/** One flow, before it becomes a row of the plan's columns. */
export interface FlowRow {
  readonly kind: keyof typeof FLOW_KIND
  readonly transport: keyof typeof TRANSPORT
  readonly traffic: number
  readonly clientHost: number
  readonly serverHost: number
  readonly clientAddress: number
  readonly serverAddress: number
  readonly serverPort: number
  readonly startNs: number
  readonly stopNs: number
  readonly forward: FlowDirection
  readonly reverse: FlowDirection
  readonly mssBytes: number
  readonly gsoSegments: number
  readonly groSegments: number
  readonly congestion: keyof typeof CONGESTION
  readonly dscp: number
  readonly reversed: boolean
  readonly zeroCopy: boolean
  readonly writeBytes: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly requestSizes: number
  readonly responseSizes: number
  readonly timeoutNs: number
  /** Number of the first flow of its pool. */
  readonly pool: number
  readonly gapNs: number
  readonly arrivals: keyof typeof ARRIVALS
  readonly sendBufferBytes: number
  readonly receiveBufferBytes: number
}

/** Turns rows into the columns of the plan, but for the least times, which need the network's routes. */
export function flowColumns(rows: readonly FlowRow[]): FlowTable {
  const whole = (pick: (row: FlowRow) => number) => column(new Int32Array(rows.length), rows, pick)
  const real = (pick: (row: FlowRow) => number) => column(new Float64Array(rows.length), rows, pick)
  const code = (pick: (row: FlowRow) => number) => column(new Uint8Array(rows.length), rows, pick)
  const address = (pick: (row: FlowRow) => number) => column(new Uint32Array(rows.length), rows, pick)
  return {
    count: rows.length,
    kind: code((row) => FLOW_KIND[row.kind]),
    transport: code((row) => TRANSPORT[row.transport]),
    traffic: whole((row) => row.traffic),
    clientHost: whole((row) => row.clientHost),
    serverHost: whole((row) => row.serverHost),
    clientAddress: address((row) => row.clientAddress),
    serverAddress: address((row) => row.serverAddress),
    serverPort: whole((row) => row.serverPort),
    startNs: real((row) => row.startNs),
    stopNs: real((row) => row.stopNs),
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
    congestion: code((row) => CONGESTION[row.congestion]),
    dscp: code((row) => row.dscp),
    reversed: code((row) => Number(row.reversed)),
    zeroCopy: code((row) => Number(row.zeroCopy)),
    writeBytes: whole((row) => row.writeBytes),
    requestBytes: whole((row) => row.requestBytes),
    responseBytes: whole((row) => row.responseBytes),
    requestSizes: whole((row) => row.requestSizes),
    responseSizes: whole((row) => row.responseSizes),
    timeoutNs: real((row) => row.timeoutNs),
    pool: whole((row) => row.pool),
    leastNs: new Float64Array(rows.length),
    leastNsPerByte: new Float64Array(rows.length),
    gapNs: real((row) => row.gapNs),
    arrivals: code((row) => ARRIVALS[row.arrivals]),
    arrivalSeed: new Uint32Array(rows.length),
    maxGapNs: real(() => Infinity),
    sendBufferBytes: real((row) => row.sendBufferBytes),
    receiveBufferBytes: real((row) => row.receiveBufferBytes),
  }
}

/** Fills a column; `from` with a function takes ten times as long, and labs have a hundred thousand flows. */
function column<Column extends Float64Array | Int32Array | Uint8Array | Uint32Array>(
  values: Column,
  rows: readonly FlowRow[],
  pick: (row: FlowRow) => number,
): Column {
  for (let row = 0; row < rows.length; row++) values[row] = pick(rows[row]!)
  return values
}
