import { NIC_DEVICE } from '../common/device'
import {
  changing,
  inline,
  NIC_SENDS,
  nicReceives,
  redirecting,
  socketSends,
  step,
  type Change,
  type Path,
  type Step,
} from '../common/path'
import { CiliumPaths } from './cilium-paths'
import { LXC } from './devices'

/** The service map and connection tracking of services, for a packet that is translated by what they say. */
const TRANSLATES: Step = changing(step('bpf-service', NIC_DEVICE), 'translate')
/** Address and port by the NAT map, as the packet leaves or comes. */
const NAT_OUT: Step = changing(step('bpf-to-netdev', NIC_DEVICE, 'translate'), 'translate')
const NAT_IN: Step = changing(step('bpf-from-netdev', NIC_DEVICE, 'translate'), 'translate')

/** What a node does that hands a connection on, and the node of the backend. */
interface HandedOn {
  readonly sends: Path
  readonly receives: Path
}

/**
 * The paths of connections to services that arrive at a node whose kube-proxy Cilium replaces (bpf/lib/nodeport.h): the
 * program on the NIC finds the backend, translates, and sends on what is for another node, past the node's stack. With
 * acceleration it does so in the driver's poll, packet by packet, where no capture sees it.
 */
export class CiliumEntryPaths extends CiliumPaths {
  /** From the NIC to where the backend's address is the destination: in the driver's poll, or by the program of the interface. */
  readonly arrives: Path = this.modes.xdp
    ? [{ entry: 'nic', steps: [step('bpf-xdp', NIC_DEVICE), TRANSLATES] }]
    : [nicReceives(false), inline([this.fromNetdev(), TRANSLATES])]
  /** Where the service has no endpoint that may answer: the service map says so. */
  readonly refuses: Path = [nicReceives(false), inline([this.fromNetdev(), step('bpf-service', NIC_DEVICE)])]
  /** Answers that come back by the node, out to the client. */
  readonly leaves: Path = [inline(this.handsOn('decrement'))]

  /** A backend on the node. Its answers are the service's when its own program lets them go (tail_nodeport_rev_dnat_ipv4). */
  local(server: 'pod' | 'node'): { in: Path; out: Path } {
    if (server === 'node') return { in: this.intoStack(TRANSLATES), out: this.nodeAnswers() }
    const arriving = inline([this.fromNetdev(this.routesInBpf), TRANSLATES])
    const delivered = this.routesInBpf ? this.delivered(arriving, true) : this.deliveredByStack(arriving, NIC_DEVICE)
    const asService = redirecting(step('bpf-service', LXC), NIC_DEVICE, 'translate', 'decrement')
    return { in: [nicReceives(false), ...delivered], out: this.podSends(step('bpf-from-container', LXC), [asService, ...this.leaving()]) }
  }

  /** With the node's own address: answers come back to it. */
  snat(server: 'pod' | 'node'): HandedOn & { readonly answers: HandedOn } {
    const { tunnel, xdp } = this.modes
    if (server === 'node' || tunnel === undefined) {
      const there = server === 'node' ? this.node.node : undefined
      const returns: Path = xdp
        ? [{ entry: 'nic', steps: [step('bpf-xdp', NIC_DEVICE), TRANSLATES] }]
        : [nicReceives(false), inline([NAT_IN])]
      return {
        sends: [inline([NAT_OUT, ...this.handsOn('decrement')])],
        receives: there?.receives ?? this.withNodes.podReceives,
        answers: { sends: there?.sends ?? this.withNodes.podSends, receives: returns },
      }
    }
    const cell = this.afterTunnel(tunnel)
    return {
      sends: [inline([NAT_OUT, ...this.intoTunnel(tunnel)])],
      receives: this.withNodes.podReceives,
      answers: {
        sends: this.withNodes.podSends,
        receives: [...this.decapsulate(tunnel), { ...cell, steps: [...cell.steps, TRANSLATES] }],
      },
    }
  }

  /** With the client's address, by an IPv4 option in the packet that opens the connection. */
  dsrByOption(server: 'pod' | 'node'): HandedOn & { readonly marked: Path } {
    const out = (...changes: Change[]): Path => [inline(this.handsOn(...changes))]
    return { sends: out('decrement'), marked: out('option', 'decrement'), receives: this.receivesDirectly(server) }
  }

  /** With the client's address, in Geneve with an option. */
  dsrByGeneve(): HandedOn {
    return {
      sends: [inline(this.intoTunnel('geneve'))],
      receives: [...this.decapsulate('geneve'), ...this.delivered(this.afterTunnel('geneve'), true)],
    }
  }

  /** What a backend's node sends for the service straight to the client. */
  answersDirectly(server: 'pod' | 'node'): Path {
    return server === 'node' ? this.nodeAnswers() : this.nativeSends([NAT_OUT, ...NIC_SENDS])
  }

  /** The node of a backend notes the service's address that a packet brings along (nodeport_extract_dsr_v4). */
  private receivesDirectly(server: 'pod' | 'node'): Path {
    const notes = step('bpf-service', NIC_DEVICE)
    if (server === 'node') return this.intoStack(notes)
    const arriving = inline([this.fromNetdev(this.routesInBpf), notes])
    const delivered = this.routesInBpf ? this.delivered(arriving, true) : this.deliveredByStack(arriving, NIC_DEVICE)
    return [nicReceives(false), ...delivered]
  }

  /** Out of the interface again: the rest of the driver's poll, or by the program that lets the packet go and the NIC's queue. */
  private handsOn(...changes: Change[]): Step[] {
    if (this.modes.xdp) return [redirecting(step('bpf-service', NIC_DEVICE), NIC_DEVICE, ...changes)]
    return [redirecting(step('bpf-to-netdev', NIC_DEVICE), NIC_DEVICE, ...changes), ...NIC_SENDS]
  }

  /** Into a tunnel: XDP writes the headers itself. */
  private intoTunnel(tunnel: 'vxlan' | 'geneve'): readonly Step[] {
    return this.modes.xdp ? this.handsOn('encapsulate') : [...this.encapsulate(tunnel), ...this.leaving()]
  }

  private intoStack(service: Step): Path {
    const { prerouting, receiving } = this.stack
    return [nicReceives(false), inline([this.fromNetdev(), service, ...prerouting(NIC_DEVICE), ...receiving(NIC_DEVICE)])]
  }

  private nodeAnswers(): Path {
    return [inline([...socketSends(NIC_DEVICE), ...this.stack.sending(NIC_DEVICE), NAT_OUT, ...NIC_SENDS])]
  }
}
