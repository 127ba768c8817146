import { COMMON_DEVICES, POD_DEVICE, type DeviceTable } from '../common/device'

/** The node's side of a pod's interface; real names go on with a hash of the endpoint's. */
export const LXC = 'lxc'
/** The veth pair between programs and the node's stack. */
export const HOST = 'cilium_host'
/** The tunnel devices by protocol. */
export const TUNNEL_DEVICE = { vxlan: 'cilium_vxlan', geneve: 'cilium_geneve' } as const
/** The WireGuard device. */
export const WIREGUARD_DEVICE = 'cilium_wg0'

/** The devices of Cilium's datapaths. */
export const CILIUM_DEVICES = {
  ...COMMON_DEVICES,
  [POD_DEVICE]: { linkType: 'ethernet', is: 'The pod’s end of its veth or netkit pair.' },
  [LXC]: { linkType: 'ethernet', is: 'The node’s end of the pod’s pair, where the endpoint’s programs are attached.' },
  [HOST]: { linkType: 'ethernet', is: 'The way between programs and the node’s own stack.' },
  [TUNNEL_DEVICE.vxlan]: { linkType: 'ethernet', is: 'The VXLAN device; programs give every packet its tunnel key.' },
  [TUNNEL_DEVICE.geneve]: { linkType: 'ethernet', is: 'The Geneve device; programs give every packet its tunnel key.' },
  [WIREGUARD_DEVICE]: { linkType: 'raw', is: 'The WireGuard device, with a peer for every node.' },
} as const satisfies DeviceTable
