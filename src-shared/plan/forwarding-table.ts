/** Routes of all elements. A destination is a host's underlay address. */
export interface ForwardingTable {
  /** Flattened longest-prefix-match tries (`src-shared/lookup`); `root[element]` is where an element's begins. */
  readonly tries: Int32Array
  readonly root: Int32Array
  /**
   * What a trie yields is a number v: group `v >> 1`; bit 0 set where the destination is in a subnet of the
   * element: a packet that came from a host of it is bridged, TTL untouched. Ports of group g: `groupPorts[groupFirst[g] … groupFirst[g + 1] − 1]`, chosen by flow
   * hash.
   */
  readonly groupFirst: Int32Array
  readonly groupPorts: Int32Array
  /** By group: 1 where a switch only bridges to its ports, and has no route for what it is to route there. Absent where none is. */
  readonly onlyBridged?: Uint8Array
}
