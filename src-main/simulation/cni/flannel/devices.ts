import { COMMON_DEVICES, POD_DEVICE, type DeviceTable } from '../common/device'

/** The node's side of a pod's interface, a port of the bridge; real names are random. */
export const VETH = 'veth'
/** The bridge that all pods of a node hang on. */
export const BRIDGE = 'cni0'
/** The VXLAN device of VNI 1. */
export const VXLAN_DEVICE = 'flannel.1'

/** The devices of Flannel's datapaths. */
export const FLANNEL_DEVICES = {
  ...COMMON_DEVICES,
  [POD_DEVICE]: { linkType: 'ethernet', is: 'The pod’s end of the veth pair.' },
  [VETH]: { linkType: 'ethernet', is: 'The node’s end of the pod’s veth pair, a port of the bridge.' },
  [BRIDGE]: { linkType: 'ethernet', is: 'The bridge of the node’s pods, and their gateway.' },
  [VXLAN_DEVICE]: { linkType: 'ethernet', is: 'The VXLAN tunnel device; flanneld writes its neighbours and forwarding entries.' },
} as const satisfies DeviceTable
