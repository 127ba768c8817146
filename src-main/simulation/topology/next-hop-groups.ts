import type { ForwardingTable } from '#shared/plan/index'

/** Sets of ports among which a flow's hash chooses, each kept once. */
export class NextHopGroups {
  private readonly known = new Map<string, number>()
  private readonly firsts: number[] = [0]
  private readonly members: number[] = []
  private readonly onlyBridged = new Set<number>()

  /** The number of the group with these ports; `onlyBridged`: a switch has them to bridge to, not to route. Requires: at least one port. */
  numberOf(ports: readonly number[], onlyBridged = false): number {
    const key = `${ports.join(',')}${onlyBridged ? ' bridged' : ''}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const group = this.firsts.length - 1
    this.members.push(...ports)
    this.firsts.push(this.members.length)
    this.known.set(key, group)
    if (onlyBridged) this.onlyBridged.add(group)
    return group
  }

  /** The columns of the plan's forwarding table. */
  finish(): Pick<ForwardingTable, 'groupFirst' | 'groupPorts' | 'onlyBridged'> {
    const marks = Uint8Array.from(this.firsts.slice(1), (_, group) => Number(this.onlyBridged.has(group)))
    return {
      groupFirst: Int32Array.from(this.firsts),
      groupPorts: Int32Array.from(this.members),
      ...(this.onlyBridged.size > 0 && { onlyBridged: marks }),
    }
  }
}
