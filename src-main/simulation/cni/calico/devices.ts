import { COMMON_DEVICES, POD_DEVICE, type DeviceTable } from '../common/device'

/** The node's side of a pod's interface; real names go on with a hash of the pod's. */
export const CALI = 'cali'
/** The kernel's IPIP device, the VXLAN device and the WireGuard device, as Felix names them. */
export const IPIP_DEVICE = 'tunl0'
export const VXLAN_DEVICE = 'vxlan.calico'
export const WIREGUARD_DEVICE = 'wireguard.cali'

/** The devices of Calico's datapaths. */
export const CALICO_DEVICES = {
  ...COMMON_DEVICES,
  [POD_DEVICE]: { linkType: 'ethernet', is: 'The pod’s end of the veth pair.' },
  [CALI]: { linkType: 'ethernet', is: 'The node’s end of the pod’s veth pair; answers ARP for the gateway 169.254.1.1.' },
  [IPIP_DEVICE]: { linkType: 'raw', is: 'The IPIP tunnel device.' },
  [VXLAN_DEVICE]: { linkType: 'ethernet', is: 'The VXLAN tunnel device; Felix writes its neighbours and forwarding entries.' },
  [WIREGUARD_DEVICE]: { linkType: 'raw', is: 'The WireGuard device, with a peer for every node.' },
} as const satisfies DeviceTable
