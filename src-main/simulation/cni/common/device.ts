/** What a network device puts in front of an IP packet: an Ethernet header, or nothing. */
export type LinkType = 'ethernet' | 'raw'

/** A kind of device that packets cross. */
export interface Device {
  readonly linkType: LinkType
  /** One sentence: what it is. */
  readonly is: string
}

/** The devices of a datapath by the name that its steps use. */
export type DeviceTable = Readonly<Record<string, Device>>

/** The pod's interface, seen from inside the pod. */
export const POD_DEVICE = 'pod eth0'
/** The node's interface to the network. */
export const NIC_DEVICE = 'eth0'
/** Loopback. */
export const LOOPBACK_DEVICE = 'lo'

/** Devices that every node has. */
export const COMMON_DEVICES = {
  [NIC_DEVICE]: { linkType: 'ethernet', is: 'The node’s network interface.' },
  [LOOPBACK_DEVICE]: { linkType: 'ethernet', is: 'The loopback interface.' },
} as const satisfies DeviceTable

/** Source and destination of a frame. */
export interface FrameAddresses {
  readonly source: number
  readonly destination: number
}
