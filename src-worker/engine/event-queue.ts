/**
 * The engine's future: a calendar queue of intrusive, sorted lists. An event is a number; whatever it belongs to (a port,
 * a core, a timer, a packet) has exactly one, so an event is scheduled at most once at a time and nothing is allocated.
 *
 * Time is cut into epochs of SLOTS × width. Events of the current epoch lie in slots, each a list sorted by (time, rank);
 * events of the next EPOCHS − 1 epochs lie unsorted by epoch; later ones in one far list. When an epoch begins, its events
 * are sorted into slots. A slot's width follows the density of events, two to eight a slot being best; the width changes
 * nothing about the order, which is total: time, then rank, then order of scheduling.
 */

/**
 * An event's time, next event and rank lie in 16 bytes side by side, so that a look at an event in a list touches one cache
 * line: the time at twice the event's number as doubles go, the others at four times the number as words go.
 */
const TIME_SHIFT = 1
const WORD_SHIFT = 2
const NEXT = 2
const RANK = 3

const SLOTS = 8192
const EPOCHS = 1024
const NONE = -1
const REVIEW_POPS = 1 << 16
const EVENTS_PER_SLOT = 3
const MIN_WIDTH = 1
const MAX_WIDTH = 1 << 16

export class EventQueue {
  private times: Float64Array
  private words: Int32Array
  private readonly slotHead = new Int32Array(SLOTS).fill(NONE)
  private readonly epochHead = new Int32Array(EPOCHS).fill(NONE)
  private farHead = NONE
  private width: number
  private inverseWidth: number
  /** Length of an epoch, ns. */
  private span: number
  private farEarliestNs = Infinity
  private epoch = 0
  private epochStart = 0
  private slot = 0
  private inSlots = 0
  private inEpochs = 0
  private inFar = 0
  private popsSinceReview = 0
  private reviewStart = 0
  /** Time of the event last taken, ns. Time never goes back. */
  nowNs = 0

  /** Requires: `rank[id]` of fixed events is set before they are scheduled; see {@link setRank}. */
  constructor(capacity: number, width = 64) {
    this.times = new Float64Array(capacity << TIME_SHIFT)
    this.words = new Int32Array(this.times.buffer)
    this.width = width
    this.inverseWidth = 1 / width
    this.span = width * SLOTS
  }

  /** Number of scheduled events. */
  get size(): number {
    return this.inSlots + this.inEpochs + this.inFar
  }

  /** Sets where an event stands among events of the same time: lower goes first. */
  setRank(id: number, rank: number): void {
    this.words[(id << WORD_SHIFT) + RANK] = rank
  }

  /** Makes room for events up to `capacity` − 1. */
  grow(capacity: number): void {
    const times = new Float64Array(capacity << TIME_SHIFT)
    // By words, as not every pair of them is a number to keep.
    const words = new Int32Array(times.buffer)
    words.set(this.words)
    this.times = times
    this.words = words
  }

  /** Schedules an event. Requires: it is not scheduled; `timeNs` is an integer, not before now. */
  schedule(id: number, timeNs: number): void {
    if (!(timeNs >= this.nowNs)) throw new RangeError('An event was scheduled in the past, or at no time')
    this.times[id << TIME_SHIFT] = timeNs
    const offset = timeNs - this.epochStart
    if (offset >= 0 && offset < this.span) this.insert(id, timeNs, offset)
    else this.placeFar(id, timeNs)
  }

  /** Schedules an event that gets its rank only now. */
  scheduleRanked(id: number, timeNs: number, rank: number): void {
    this.words[(id << WORD_SHIFT) + RANK] = rank
    this.schedule(id, timeNs)
  }

  /** Takes the next event: earliest time, then lowest rank, then scheduled first. −1 when there is none. */
  pop(): number {
    return this.popBefore(Infinity)
  }

  /** Takes the next event if it lies before `untilNs`; −1 when there is none. */
  popBefore(untilNs: number): number {
    if (!this.advance()) return NONE
    const id = this.slotHead[this.slot]
    const timeNs = this.times[id << TIME_SHIFT]
    if (timeNs >= untilNs) return NONE
    this.slotHead[this.slot] = this.words[(id << WORD_SHIFT) + NEXT]
    this.inSlots--
    this.nowNs = timeNs
    if (++this.popsSinceReview === REVIEW_POPS) this.review()
    return id
  }

  private placeFar(id: number, timeNs: number): void {
    // A look ahead may have begun an epoch that time has not reached.
    if (timeNs < this.epochStart) this.rebuild(this.width)
    this.place(id, timeNs)
  }

  private place(id: number, timeNs: number): void {
    const offset = timeNs - this.epochStart
    if (offset < this.span) this.insert(id, timeNs, offset)
    else this.defer(id, timeNs)
  }

  private insert(id: number, timeNs: number, offset: number): void {
    const { times, words } = this
    const slot = (offset * this.inverseWidth) | 0
    const ownRank = words[(id << WORD_SHIFT) + RANK]
    let before = NONE
    let at = this.slotHead[slot]
    while (at !== NONE) {
      const atNs = times[at << TIME_SHIFT]
      if (atNs > timeNs || (atNs === timeNs && words[(at << WORD_SHIFT) + RANK] > ownRank)) break
      before = at
      at = words[(at << WORD_SHIFT) + NEXT]
    }
    words[(id << WORD_SHIFT) + NEXT] = at
    if (before === NONE) this.slotHead[slot] = id
    else words[(before << WORD_SHIFT) + NEXT] = id
    if (slot < this.slot) this.slot = slot
    this.inSlots++
  }

  private defer(id: number, timeNs: number): void {
    const epoch = this.epochOf(timeNs)
    if (epoch - this.epoch < EPOCHS) {
      const ring = epoch % EPOCHS
      this.words[(id << WORD_SHIFT) + NEXT] = this.epochHead[ring]
      this.epochHead[ring] = id
      this.inEpochs++
    } else {
      this.words[(id << WORD_SHIFT) + NEXT] = this.farHead
      this.farHead = id
      this.inFar++
      if (timeNs < this.farEarliestNs) this.farEarliestNs = timeNs
    }
  }

  /** Moves on to the next non-empty slot; false when nothing is scheduled. */
  private advance(): boolean {
    while (this.inSlots === 0) {
      if (this.inEpochs === 0 && this.inFar === 0) return false
      this.beginEpoch(Math.min(this.nextEpoch(), this.epochOf(this.farEarliestNs)))
    }
    const { slotHead } = this
    let slot = this.slot
    while (slotHead[slot] === NONE) slot++
    this.slot = slot
    return true
  }

  private epochOf(timeNs: number): number {
    return Math.floor(timeNs / this.span)
  }

  /** The next epoch that has a list; Infinity when none has. */
  private nextEpoch(): number {
    if (this.inEpochs === 0) return Infinity
    let epoch = this.epoch + 1
    while (this.epochHead[epoch % EPOCHS] === NONE) epoch++
    return epoch
  }

  private beginEpoch(epoch: number): void {
    this.epoch = epoch
    this.epochStart = epoch * this.span
    this.slot = 0
    const ring = epoch % EPOCHS
    let id = this.reverse(this.epochHead[ring])
    this.epochHead[ring] = NONE
    while (id !== NONE) {
      const following = this.words[(id << WORD_SHIFT) + NEXT]
      this.inEpochs--
      this.insert(id, this.times[id << TIME_SHIFT], this.times[id << TIME_SHIFT] - this.epochStart)
      id = following
    }
    if (this.inFar > 0 && this.epochOf(this.farEarliestNs) - epoch < EPOCHS) this.recallFar()
    this.slot = 0
  }

  /** Places the far list anew; what has come within reach leaves it. */
  private recallFar(): void {
    let id = this.reverse(this.farHead)
    this.farHead = NONE
    this.inFar = 0
    this.farEarliestNs = Infinity
    while (id !== NONE) {
      const following = this.words[(id << WORD_SHIFT) + NEXT]
      this.place(id, this.times[id << TIME_SHIFT])
      id = following
    }
  }

  /** Turns a list round: lists grow at the head, and equals must keep their order of scheduling. */
  private reverse(head: number): number {
    let reversed = NONE
    let id = head
    while (id !== NONE) {
      const following = this.words[(id << WORD_SHIFT) + NEXT]
      this.words[(id << WORD_SHIFT) + NEXT] = reversed
      reversed = id
      id = following
    }
    return reversed
  }

  /** Adapts the slot width to the density of events seen lately. */
  private review(): void {
    const meanGapNs = (this.nowNs - this.reviewStart) / REVIEW_POPS
    const wanted = 2 ** Math.round(Math.log2(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, meanGapNs * EVENTS_PER_SLOT))))
    this.popsSinceReview = 0
    this.reviewStart = this.nowNs
    if (wanted > this.width * 2 || wanted < this.width / 2) this.rebuild(wanted)
  }

  private rebuild(width: number): void {
    const order = this.drain()
    this.width = width
    this.inverseWidth = 1 / width
    this.span = width * SLOTS
    this.epoch = this.epochOf(this.nowNs)
    this.epochStart = this.epoch * this.span
    for (const id of order) this.place(id, this.times[id << TIME_SHIFT])
    this.slot = 0
  }

  /** Takes all events out; those of equal time and rank stand in order of scheduling. */
  private drain(): number[] {
    const order: number[] = []
    const take = (head: number): void => {
      for (let id = head; id !== NONE; id = this.words[(id << WORD_SHIFT) + NEXT]) order.push(id)
    }
    this.slotHead.forEach(take)
    for (let ring = 0; ring < EPOCHS; ring++) take(this.reverse(this.epochHead[ring]))
    take(this.reverse(this.farHead))
    this.slotHead.fill(NONE)
    this.epochHead.fill(NONE)
    this.farHead = NONE
    this.farEarliestNs = Infinity
    this.inSlots = this.inEpochs = this.inFar = 0
    return order
  }
}
