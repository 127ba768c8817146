/** The tail-loss probe that a sender has under way, and what its acknowledgement tells (RFC 8985, section 7). */

const NONE = -1

export class LossProbe {
  /** What was sent when the probe left; −1: none is out. And whether it was a segment sent again. */
  private readonly end: Float64Array
  private readonly wasSentAgain: Uint8Array

  constructor(count: number) {
    this.end = new Float64Array(count).fill(NONE)
    this.wasSentAgain = new Uint8Array(count)
  }

  /** Forgets an earlier connection. */
  renew(socket: number): void {
    this.end[socket] = NONE
  }

  /** Whether a probe is out. */
  isOut(socket: number): boolean {
    return this.end[socket] >= 0
  }

  /** Whether `end` is the end of the probe that is out. */
  isEnd(socket: number, end: number): boolean {
    return this.end[socket] === end
  }

  /** Takes note that a probe has left, and `end` of all that was sent with it. */
  note(socket: number, end: number, isSentAgain: boolean): void {
    this.end[socket] = end
    this.wasSentAgain[socket] = isSentAgain ? 1 : 0
  }

  /** tcp_process_tlp_ack: returns whether the probe turns out to have repaired a loss. */
  onAck(socket: number, acknowledged: number, isDuplicated: boolean, isPureDuplicate: boolean): boolean {
    const end = this.end[socket]
    if (end < 0 || acknowledged < end) return false
    if (this.wasSentAgain[socket] === 0 || isDuplicated) {
      this.end[socket] = NONE
      return false
    }
    if (acknowledged > end) {
      this.end[socket] = NONE
      return true
    }
    if (isPureDuplicate) this.end[socket] = NONE
    return false
  }
}
