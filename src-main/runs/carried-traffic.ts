import type { CarriedTraffic } from '#shared/metrics/index'
import { FLOW_KIND, type RunPlan } from '#shared/plan/index'

/**
 * How a plan carries each traffic entry that crosses the network, by the first of its flows that does. Transactions
 * are left out: their packets are as large as their messages.
 */
export function carriedTraffic({ flows, labels, ports, switchCount }: RunPlan): CarriedTraffic[] {
  return labels.traffic.flatMap(({ name }, traffic) => {
    const flow = flows.traffic.findIndex((each, index) => each === traffic && flows.forwardRx[index]! >= 0)
    if (flow < 0) return []
    const isTcp = flows.kind[flow] === FLOW_KIND.tcpStream
    if (!isTcp && flows.kind[flow] !== FLOW_KIND.udpStream) return []
    const sender = switchCount + flows.clientHost[flow]!
    const uplink = ports.owner.indexOf(sender)
    return [
      {
        traffic: name,
        payloadBytes: isTcp ? flows.mssBytes[flow]! : flows.writeBytes[flow]!,
        headerBytes: flows.forwardHeaderBytes[flow]!,
        framingBytes: ports.framingBytes[uplink]!,
      },
    ]
  })
}
