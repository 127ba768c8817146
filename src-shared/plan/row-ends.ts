import type { FlowTable, RelayTable } from './flow-table'

/** The hosts that a row's packets (2 × flow + direction) travel between. */
export interface RowEnds {
  readonly from: Int32Array
  readonly to: Int32Array
}

/** Where each row's packets come from and go to: from end to end, or with a node that forwards between them to or from that. */
export function rowEnds({ count, clientHost, serverHost }: Pick<FlowTable, 'count' | 'clientHost' | 'serverHost'>, relays: RelayTable | undefined): RowEnds {
  const from = new Int32Array(count * 2)
  const to = new Int32Array(count * 2)
  const set = (row: number, sender: number, receiver: number) => {
    from[row] = sender
    to[row] = receiver
  }
  for (let flow = 0; flow < count; flow++) {
    const behind = relays?.behind[flow] ?? -1
    const client = clientHost[flow]!
    const server = serverHost[flow]!
    if (behind < 0) {
      // Rows behind a node are set with the flow that they carry on, which comes first.
      if ((relays?.carries[flow] ?? -1) >= 0) continue
      set(flow * 2, client, server)
      set(flow * 2 + 1, server, client)
      continue
    }
    const node = relays!.host[behind]!
    set(flow * 2, client, node)
    set(flow * 2 + 1, server, relays!.answers[flow] === 1 ? node : client)
    set(behind * 2, node, server)
    set(behind * 2 + 1, node, client)
    const opening = relays!.opening[flow]!
    if (opening < 0) continue
    set(opening * 2, node, server)
    set(opening * 2 + 1, node, client)
  }
  return { from, to }
}
