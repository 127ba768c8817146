/**
 * The poll list of each core (Linux softnet_data.poll_list): NAPI instances that have work, taken in turns. A core's
 * instances are the receive queues that interrupt it, its backlog, and its GRO cell.
 */

const NONE = -1

export class PollLists {
  private readonly queueCount: number
  private readonly head: Int32Array
  private readonly tail: Int32Array
  private readonly next: Int32Array
  private readonly isListed: Uint8Array
  private readonly spent: Int32Array
  /** The last instance that the round under way polls; −1: it has been polled. */
  private readonly lastOfRound: Int32Array

  constructor(cores: number, receiveQueues: number) {
    this.queueCount = receiveQueues
    const instances = receiveQueues + cores * 2
    this.head = new Int32Array(cores).fill(NONE)
    this.tail = new Int32Array(cores).fill(NONE)
    this.next = new Int32Array(instances).fill(NONE)
    this.isListed = new Uint8Array(instances)
    this.spent = new Int32Array(cores)
    this.lastOfRound = new Int32Array(cores).fill(NONE)
  }

  /** The core's backlog as a NAPI instance. */
  backlogOf(core: number): number {
    return this.queueCount + core * 2
  }

  /** The core's GRO cell as a NAPI instance. */
  cellOf(core: number): number {
    return this.queueCount + core * 2 + 1
  }

  /** Whether an instance is the core's backlog. */
  isBacklog(core: number, napi: number): boolean {
    return napi === this.backlogOf(core)
  }

  /** Whether an instance is the core's GRO cell. */
  isCell(core: number, napi: number): boolean {
    return napi === this.cellOf(core)
  }

  /** The instance whose turn it is; −1 when none has work. */
  current(core: number): number {
    return this.head[core]
  }

  /** A round begins, which polls each instance that is on the list now. */
  beginRound(core: number): void {
    this.lastOfRound[core] = this.tail[core]
  }

  /** Whether all instances of the round have had their turn. */
  isRoundDone(core: number): boolean {
    return this.lastOfRound[core] === NONE
  }

  /** Whether the current instance has had part of its turn. */
  isInTurn(core: number): boolean {
    return this.spent[core] > 0
  }

  /** Puts an instance on the list, unless it is there. */
  add(core: number, napi: number): void {
    if (this.isListed[napi] === 1) return
    this.isListed[napi] = 1
    this.next[napi] = NONE
    if (this.tail[core] === NONE) this.head[core] = napi
    else this.next[this.tail[core]] = napi
    this.tail[core] = napi
  }

  /** Counts packets taken from the current instance: it leaves when empty, and its turn ends after `weight`. */
  spend(core: number, packets: number, weight: number, isEmpty: boolean): void {
    this.spent[core] += packets
    if (isEmpty) this.remove(core)
    else if (this.spent[core] >= weight) this.rotate(core)
  }

  /** Ends the current instance's turn; it stays on the list. */
  rotate(core: number): void {
    const napi = this.head[core]
    this.remove(core)
    this.add(core, napi)
  }

  /** Takes the current instance off the list. */
  remove(core: number): void {
    const napi = this.head[core]
    this.head[core] = this.next[napi]
    if (this.head[core] === NONE) this.tail[core] = NONE
    if (napi === this.lastOfRound[core]) this.lastOfRound[core] = NONE
    this.isListed[napi] = 0
    this.spent[core] = 0
  }
}
