import type { DataPlaneChange } from '../agents/index'
import type { FlowChange, FlowDirection, FlowRow } from './flow-row'

/**
 * The row of a flow whose nodes change their data plane during the run: that of before, with the programs that each end's node
 * runs from its change on. TCP connections that exist keep theirs: a program that does not know a packet's connection lets it
 * fall through to the kernel's stack (felix/bpf-gpl/tc.c, CALI_CT_MID_FLOW_MISS); datagrams open one anew. The words say why
 * a flow cannot change.
 */
export function switchedRow(before: FlowRow, after: FlowRow, { nodes }: DataPlaneChange): FlowRow | string {
  const atNs = (host: number): number => nodes.find(({ node }) => node === host)?.atNs ?? Infinity
  const [clientNs, serverNs] = [atNs(before.clientHost), atNs(before.serverHost)]
  const times = [...new Set([clientNs, serverNs])].filter(Number.isFinite).toSorted((a, b) => a - b)
  if (times.length === 0) return before
  if (before.relay !== undefined || after.relay !== undefined) return 'a node between its ends forwards it'
  if (before.changes !== undefined || after.changes !== undefined) return 'pods, policies or services that concern it change in the same run'
  const changes = times.map((time): FlowChange => {
    const [client, server] = [clientNs <= time, serverNs <= time]
    return {
      atNs: time,
      forNewOnly: before.entry.transport === 'tcp',
      forward: mixed(before.forward, after.forward, client, server),
      reverse: mixed(before.reverse, after.reverse, server, client),
      there: undefined,
    }
  })
  return { ...before, changes }
}

/** A direction whose sender or receiver has changed. */
function mixed(before: FlowDirection, after: FlowDirection, sender: boolean, receiver: boolean): FlowDirection {
  const [out, into] = [sender ? after : before, receiver ? after : before]
  return { ...before, transmit: out.transmit, ackTransmit: out.ackTransmit, receive: into.receive, ackReceive: into.ackReceive }
}
