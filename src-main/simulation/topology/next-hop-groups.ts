/** Sets of ports among which a flow's hash chooses, each kept once. */
export class NextHopGroups {
  private readonly known = new Map<string, number>()
  private readonly firsts: number[] = [0]
  private readonly members: number[] = []

  /** The number of the group with these ports. Requires: at least one port. */
  numberOf(ports: readonly number[]): number {
    const key = ports.join(',')
    const known = this.known.get(key)
    if (known !== undefined) return known
    const group = this.firsts.length - 1
    this.members.push(...ports)
    this.firsts.push(this.members.length)
    this.known.set(key, group)
    return group
  }

  /** The columns of the plan's forwarding table. */
  finish(): { groupFirst: Int32Array; groupPorts: Int32Array } {
    return { groupFirst: Int32Array.from(this.firsts), groupPorts: Int32Array.from(this.members) }
  }
}
