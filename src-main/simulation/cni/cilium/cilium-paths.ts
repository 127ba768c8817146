import type { CarrierPaths, NodePaths } from '../common/datapath'
import { NIC_DEVICE, POD_DEVICE } from '../common/device'
import { masquerading, nodeStack, translating, wireguardReceives, wireguardSends, type NodeStack } from '../common/node-stack'
import {
  backlog,
  changing,
  inline,
  NIC_SENDS,
  nicReceives,
  orphaning,
  outer,
  POD_RECEIVES,
  redirecting,
  socketReceives,
  socketSends,
  step,
  VETH_POD_SENDS,
  type Pass,
  type Path,
  type Step,
} from '../common/path'
import { HOST, LXC, TUNNEL_DEVICE, WIREGUARD_DEVICE } from './devices'
import type { CiliumModes } from './modes'

/** Chains of kube-proxy and the few that Cilium adds (CILIUM_PRE_raw, CILIUM_FORWARD, CILIUM_POST_nat, …). */
const RULES = 'cilium'

/** The paths of Cilium in one combination of its modes. */
export class CiliumPaths {
  readonly node: NodePaths
  /** Between nodes: pods with pods, and where one end is a node. */
  readonly betweenPods: CarrierPaths
  readonly withNodes: CarrierPaths
  protected readonly modes: CiliumModes
  protected readonly stack: NodeStack

  constructor(modes: CiliumModes) {
    this.modes = modes
    this.stack = nodeStack({
      rules: RULES,
      tracksOuter: true,
      arriving: [this.fromNetdev()],
      leaving: this.toNetdev(),
    })
    this.withNodes = modes.tunnel === undefined ? this.native() : this.tunnelled(modes.tunnel)
    this.betweenPods = this.encrypted(modes.encryption)
    this.node = this.nodePaths()
  }

  protected get routesInBpf(): boolean {
    return this.modes.hostRouting === 'bpf'
  }

  /** A pod's packet up to where cil_from_container has decided, and what the program's caller does next. */
  protected podSends(fromContainer: Step, then: readonly Step[]): Pass[] {
    if (this.modes.podDevice === 'netkit')
      return [inline([...socketSends(POD_DEVICE), step('netkit-transmit', POD_DEVICE), fromContainer, ...then])]
    return [VETH_POD_SENDS, backlog(LXC, [fromContainer, ...then])]
  }

  /** The same where the node's stack takes the packet up, which takes it from its socket's account. */
  private podSendsToStack(then: readonly Step[]): Pass[] {
    const passes = this.podSends(step('bpf-from-container', LXC), then)
    return this.modes.podDevice === 'netkit' ? passes : [passes[0]!, orphaning(passes[1]!)]
  }

  /**
   * Ingress policy of the receiving pod (a tail call) and delivery: with BPF host routing straight into the pod
   * (redirect_peer), otherwise by its device's queue. `decrements` where the program forwards in place of the stack.
   */
  protected delivered(before: Pass, decrements: boolean): Pass[] {
    const changes = decrements ? (['decrement'] as const) : []
    const policy = step('bpf-to-container', LXC, this.routesInBpf ? 'peer' : undefined)
    const toContainer = redirecting(policy, LXC, ...changes)
    return this.routesInBpf
      ? [{ ...before, steps: [...before.steps, toContainer, ...socketReceives(POD_DEVICE)] }]
      : [{ ...before, steps: [...before.steps, toContainer, step('veth-transmit', LXC)] }, POD_RECEIVES]
  }

  /** The node's stack routes the pod CIDR to cilium_host, whose program delivers; it leaves the TTL to the stack. */
  protected deliveredByStack(before: Pass, device: string, translation: readonly Step[] = []): Pass[] {
    const { prerouting, forwarding } = this.stack
    const steps = [
      ...before.steps,
      ...this.tracked(prerouting(device)),
      ...translation,
      ...forwarding(HOST),
      step('bpf-from-host', HOST),
    ]
    return this.delivered({ ...before, steps }, false)
  }

  private tracked(steps: readonly Step[]): readonly Step[] {
    return this.modes.noConntrack ? steps.filter(({ stage }) => stage !== 'nf-conntrack') : steps
  }

  /**
   * cil_from_netdev runs on every native device; with kube-proxy's replacement it looks for services first. `delivers`:
   * it finds the pod itself.
   */
  protected fromNetdev(delivers = false): Step {
    const base = this.modes.replacesKubeProxy ? 'nodeport' : undefined
    return step('bpf-from-netdev', NIC_DEVICE, delivers ? 'delivery' : base)
  }

  /** cil_to_netdev is attached where something needs it (pkg/datapath/loader, AreDevicesRequired). */
  protected toNetdev(): readonly Step[] {
    const { replacesKubeProxy, bandwidthManager, encryption } = this.modes
    const isAttached = replacesKubeProxy || bandwidthManager || encryption !== undefined
    return isAttached ? [step('bpf-to-netdev', NIC_DEVICE)] : []
  }

  protected leaving(): readonly Step[] {
    return [...this.toNetdev(), ...NIC_SENDS]
  }

  /** Into the tunnel; the outer packet passes OUTPUT and POSTROUTING. */
  protected encapsulate(tunnel: 'vxlan' | 'geneve'): readonly Step[] {
    const device = TUNNEL_DEVICE[tunnel]
    return [step('bpf-to-overlay', device), step(`${tunnel}-encapsulate`, device), ...this.stack.sendingOuter]
  }

  protected decapsulate(tunnel: 'vxlan' | 'geneve'): Pass[] {
    const device = TUNNEL_DEVICE[tunnel]
    return [
      nicReceives(true),
      inline([this.fromNetdev(), ...this.stack.receivingOuter, step(`${tunnel}-decapsulate`, device)]),
    ]
  }

  protected afterTunnel(tunnel: 'vxlan' | 'geneve'): Pass {
    const device = TUNNEL_DEVICE[tunnel]
    return { entry: 'groCell', steps: [step('gro-cell', device), step('bpf-from-overlay', device)] }
  }

  private nodeSends(): readonly Step[] {
    return [...socketSends(HOST), ...this.stack.sending(HOST), step('bpf-from-host', HOST)]
  }

  /** Redirected to the ingress of cilium_host: a backlog more (bpf_redirect with BPF_F_INGRESS goes through netif_rx). */
  private hostReceives(): Pass {
    const { prerouting, receiving } = this.stack
    return backlog(HOST, [step('bpf-to-host', HOST), ...prerouting(HOST), ...receiving(HOST)])
  }

  private tunnelled(tunnel: 'vxlan' | 'geneve'): CarrierPaths {
    const outwards = [...this.encapsulate(tunnel), ...this.leaving()]
    return {
      podSends: this.podSends(step('bpf-from-container', LXC), outwards),
      nodeSends: [inline([...this.nodeSends(), ...outwards])],
      podReceives: [...this.decapsulate(tunnel), ...this.delivered(this.afterTunnel(tunnel), true)],
      nodeReceives: [...this.decapsulate(tunnel), this.afterTunnel(tunnel), this.hostReceives()],
      forwardSends: [inline([...this.stack.forwarding(HOST), step('bpf-from-host', HOST), ...outwards])],
      forwardReceives: [
        ...this.decapsulate(tunnel),
        this.afterTunnel(tunnel),
        backlog(HOST, [step('bpf-to-host', HOST), ...this.stack.prerouting(HOST)]),
      ],
    }
  }

  private native(): CarrierPaths {
    return {
      podSends: this.nativeSends(this.leaving()),
      nodeSends: this.stack.node.sends,
      podReceives: [
        nicReceives(false),
        ...(this.routesInBpf
          ? this.delivered(inline([this.fromNetdev(true)]), true)
          : this.deliveredByStack(inline([this.fromNetdev()]), NIC_DEVICE)),
      ],
      nodeReceives: this.stack.node.receives,
      forwardSends: this.stack.forwards.leaves,
      forwardReceives: this.stack.forwards.arrives,
    }
  }

  /** A pod's packet to the NIC: by the FIB helper, or through the node's stack. */
  protected nativeSends(then: readonly Step[]): Path {
    if (this.routesInBpf)
      return this.podSends(redirecting(step('bpf-from-container', LXC, 'native'), NIC_DEVICE, 'decrement'), then)
    const { prerouting, forwarding } = this.stack
    return this.podSendsToStack([...this.tracked(prerouting(LXC)), ...forwarding(NIC_DEVICE), ...then])
  }

  private encrypted(encryption: CiliumModes['encryption']): CarrierPaths {
    switch (encryption) {
      case undefined:
        return this.withNodes
      case 'wireguard':
        return { ...this.withNodes, ...this.wireguard() }
      case 'ipsec':
        return { ...this.withNodes, ...this.ipsec() }
    }
  }

  /** cil_to_netdev redirects to cilium_wg0 what goes from pod to pod: with a tunnel, the tunnel's packet. */
  private wireguard(): Pick<CarrierPaths, 'podSends' | 'podReceives'> {
    const { tunnel } = this.modes
    const outerSends = [...this.stack.sendingOuter, ...this.toNetdev()]
    const [queueing, ...crypto] = wireguardSends(WIREGUARD_DEVICE, this.toNetdev(), outerSends)
    const outerReceives = [this.fromNetdev(), ...this.stack.receivingOuter]
    const fromWireguard = step('bpf-from-wireguard', WIREGUARD_DEVICE)
    if (tunnel === undefined) {
      const received = wireguardReceives(WIREGUARD_DEVICE, outerReceives, [fromWireguard])
      const last = received.at(-1)!
      return {
        podSends: [...this.nativeSends(queueing!.steps), ...crypto],
        podReceives: [
          ...received.slice(0, -1),
          ...(this.routesInBpf ? this.delivered(last, true) : this.deliveredByStack(last, WIREGUARD_DEVICE)),
        ],
      }
    }
    const device = TUNNEL_DEVICE[tunnel]
    const toTunnel = [fromWireguard, ...this.stack.receivingOuter, step(`${tunnel}-decapsulate`, device)]
    return {
      podSends: [
        ...this.podSends(step('bpf-from-container', LXC), [...this.encapsulate(tunnel), ...queueing!.steps]),
        ...crypto,
      ],
      podReceives: [
        ...wireguardReceives(WIREGUARD_DEVICE, outerReceives, toTunnel),
        ...this.delivered(this.afterTunnel(tunnel), true),
      ],
    }
  }

  /** The stack's transformation (xfrm) encrypts what goes from pod to pod; a tunnel carries the encrypted packet. */
  private ipsec(): Pick<CarrierPaths, 'podSends' | 'podReceives'> {
    const { tunnel } = this.modes
    const { prerouting, forwarding, receivingOuter, sendingOuter } = this.stack
    const decrypt = step('esp-decrypt', NIC_DEVICE)
    const decrypted: Pass = { entry: 'groCell', steps: [step('gro-cell', NIC_DEVICE)] }
    if (tunnel === undefined) {
      const encrypt = [step('esp-encrypt', NIC_DEVICE), ...sendingOuter]
      return {
        podSends: this.nativeSends([...encrypt, ...this.leaving()]),
        podReceives: [
          nicReceives(false),
          inline([this.fromNetdev(), ...receivingOuter, decrypt]),
          ...this.deliveredByStack(decrypted, NIC_DEVICE),
        ],
      }
    }
    // The mark of the key makes the stack route the packet to cilium_host, behind which the tunnel takes it.
    const encrypt = [
      ...prerouting(LXC),
      changing(step('ip-forward', HOST)),
      ...forwarding(HOST).slice(1),
      step('esp-encrypt', HOST),
      changing(step('bpf-from-host', HOST), 'address'),
    ]
    const cell = this.afterTunnel(tunnel)
    return {
      podSends: this.podSendsToStack([...encrypt, ...this.encapsulate(tunnel), ...this.leaving()]),
      podReceives: [
        ...this.decapsulate(tunnel),
        { ...cell, steps: [...cell.steps, ...outer([step('nf-prerouting', HOST, RULES), step('ip-local-deliver', HOST)]), decrypt] },
        ...this.delivered({ ...decrypted, steps: [...decrypted.steps, step('bpf-from-host', HOST)] }, true),
      ],
    }
  }

  private nodePaths(): NodePaths {
    return {
      podToLocalPod: this.localPod(),
      podToOwnNode: [...this.podSends(step('bpf-from-container', LXC), []), orphaning(this.hostReceives())],
      nodeToLocalPod: this.nodeToLocalPod(),
      outside: { masqueraded: this.outside(true), plain: this.outside(false) },
      node: this.stack.node,
      forwards: this.stack.forwards,
    }
  }

  /** Pod to pod on one node: no netfilter. With netkit the program redirects to the peer's queue. */
  private localPod(): Path {
    const delivery = redirecting(step('bpf-to-container', LXC, 'local'), LXC, 'decrement')
    if (this.modes.podDevice === 'netkit')
      return [...this.podSends(step('bpf-from-container', LXC), [delivery]), orphaning(POD_RECEIVES)]
    const [sends, taken] = this.podSends(step('bpf-from-container', LXC), [])
    const [first, ...rest] = this.delivered(taken!, true)
    // Without a queue in between, the pod's ip_rcv ends the socket's account in the same pass.
    return rest.length === 0 ? [sends!, orphaning(first!)] : [sends!, first!, ...rest.map(orphaning)]
  }

  /** redirect_peer works from an ingress only: what the node sends takes the device's queue (lib/local_delivery.h). */
  private nodeToLocalPod(): Path {
    const toContainer = redirecting(step('bpf-to-container', LXC), LXC, 'decrement')
    return [inline([...this.nodeSends(), toContainer, step('veth-transmit', LXC)]), orphaning(POD_RECEIVES)]
  }

  /** A pod to what is no pod, and the answers: masqueraded by the stack, by the programs on the NIC, or not at all. */
  private outside(masqueraded: boolean): { out: Path; back: Path } {
    const byBpf = masqueraded && this.modes.masquerade === 'bpf'
    const isByStack = masqueraded && !byBpf
    const toNetdev = byBpf
      ? [changing(step('bpf-to-netdev', NIC_DEVICE, 'translate'), 'translate')]
      : [...(isByStack ? [masquerading(NIC_DEVICE)] : []), ...this.toNetdev()]
    const arriving = byBpf
      ? changing(step('bpf-from-netdev', NIC_DEVICE, 'translate'), 'translate')
      : this.fromNetdev(this.routesInBpf)
    return {
      out: this.nativeSends([...toNetdev, ...NIC_SENDS]),
      back: [
        nicReceives(false),
        ...(this.routesInBpf
          ? this.delivered(inline([arriving]), true)
          : this.deliveredByStack(inline([arriving]), NIC_DEVICE, isByStack ? [translating(NIC_DEVICE)] : [])),
      ],
    }
  }
}
