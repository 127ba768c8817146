/**
 * How events are numbered. Every entity that time can happen to has its fixed range; packets come last, so that their
 * range can grow. Ranges stand in the order in which events of the same time are handled: this order is behaviour.
 * A packet's arrival ranks by the port it left by, whatever its own number: packet numbers depend on memory, ports don't.
 */
export interface EventLayout {
  /** A port's wire comes free. */
  readonly wireFree: number
  /** A core's current softirq work ends. */
  readonly softirqDone: number
  /** A core's current thread ends its step. */
  readonly threadDone: number
  /** A receive queue interrupts. */
  readonly interrupt: number
  /** A NIC tells a socket what it has sent. */
  readonly completion: number
  /**
   * A socket's retransmission timer; its timer of loss probes, reordering and other short waits; delayed acknowledgement;
   * pacing; application timer.
   */
  readonly retransmit: number
  readonly lossTimer: number
  readonly delayedAck: number
  readonly pacing: number
  readonly application: number
  /** The next change of the timeline. */
  readonly timeline: number
  /** A packet arrives at the far end of a wire. */
  readonly arrival: number
}

/** Numbers the events of a plan with so many ports, cores, receive queues and sockets. */
export function eventLayout(ports: number, cores: number, receiveQueues: number, sockets: number): EventLayout {
  const softirqDone = ports
  const threadDone = softirqDone + cores
  const interrupt = threadDone + cores
  const completion = interrupt + receiveQueues
  const retransmit = completion + sockets
  const lossTimer = retransmit + sockets
  const delayedAck = lossTimer + sockets
  const pacing = delayedAck + sockets
  const application = pacing + sockets
  const timeline = application + sockets
  const arrival = timeline + 1
  return { wireFree: 0, softirqDone, threadDone, interrupt, completion, retransmit, lossTimer, delayedAck, pacing, application, timeline, arrival }
}
