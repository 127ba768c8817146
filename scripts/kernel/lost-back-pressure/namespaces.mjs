import { execFileSync, spawn } from 'node:child_process'

/**
 * How a run is set up.
 * @typedef {object} Setup
 * @property {'routed' | 'redirected' | 'host'} path from the pod through the host's IP stack, past it by a redirect on the
 *   host's end of the pod's veth, or from the host itself
 * @property {number} queues transmit queues of the host's device, each of the core of the same number
 * @property {number} queueMbps what each of them sends, Mbit/s
 * @property {'bursts' | 'packets'} turns whether queues send whole TSO packets, or segments, two at a time
 * @property {number} threadCpu where the sending program runs
 * @property {number} ackCpu where the host takes acknowledgements
 */

/** What a queue may send at once, bytes: some TSO packets, or two segments. */
const BURST_BYTES = { bursts: 400_000, packets: 3100 }
/** What a queue holds, bytes: more than any window, so that nothing is dropped. */
const QUEUE_BYTES = 20_000_000
/** How long the receiver gathers segments of a flow where they come one by one, ns. */
const GATHER_NS = 1_000_000
/** A classic BPF program that takes every packet. */
const EVERY_PACKET = '1,6 0 0 4294967295,'
const PEER = '10.9.2.2'

/**
 * A pod, its host, the wire and a peer as network namespaces: the pod's veth leads to the host, whose `eth0` has transmit
 * queues that `tbf` slows down; the wire brings them together into the peer's one. Needs root, iproute2 and ethtool.
 */
export class PodAndPeer {
  /** @param {Setup} setup */
  constructor(setup) {
    this.setup = setup
  }

  create() {
    const { queues, path, turns } = this.setup
    const count = String(queues)
    for (const name of NAMESPACES) {
      ip('netns', 'add', this.namespace(name))
      ip('-n', this.namespace(name), 'link', 'set', 'lo', 'up')
    }
    this.#pair('pod', 'eth0', 'host', 'pod0', '1')
    this.#pair('host', 'eth0', 'wire', 'near', count)
    this.#pair('wire', 'far', 'peer', 'eth0', '1')
    this.#redirect('wire', 'near', 'far')
    this.#redirect('wire', 'far', 'near')
    for (const [name, device, address] of ADDRESSES) ip('-n', this.namespace(name), 'addr', 'add', address, 'dev', device)
    ip('-n', this.namespace('pod'), 'route', 'add', 'default', 'via', '10.9.1.1')
    ip('-n', this.namespace('peer'), 'route', 'add', 'default', 'via', '10.9.2.1')
    this.run('host', 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    this.#slowDown()
    if (turns === 'packets') this.#segmentOneByOne()
    if (path === 'redirected') this.#leadPastTheStack()
  }

  /** Starts a server at the peer for one test. */
  serve() {
    return spawn('ip', this.#args('peer', ['taskset', '-c', String(this.setup.ackCpu), 'iperf3', '-s', '-1']), { stdio: 'ignore' })
  }

  /**
   * Sends to the peer, and comes to what `iperf3 --json` says.
   * @param {number} seconds
   */
  send(seconds) {
    const program = ['iperf3', '-c', PEER, '-t', String(seconds), '-C', 'cubic', '--json']
    return JSON.parse(this.run(this.sender(), 'taskset', '-c', String(this.setup.threadCpu), ...program))
  }

  /** Where the sender is. */
  sender() {
    return this.setup.path === 'host' ? 'host' : 'pod'
  }

  /**
   * A namespace's counters of IP and TCP, as nstat names them.
   * @param {Name} name
   * @returns {Record<string, number>}
   */
  counters(name) {
    return JSON.parse(this.run(name, 'nstat', '--json', '--zeros', '--ignore', '--noupdate')).kernel
  }

  /**
   * What each transmit queue sent, and all of them dropped.
   * @returns {{ sentBytes: number[], dropped: number }}
   */
  queues() {
    /** @type {{ kind: string, parent?: string, bytes: number, drops: number }[]} */
    const rows = JSON.parse(this.run('host', 'tc', '-s', '-j', 'qdisc', 'show', 'dev', 'eth0'))
    const queues = rows.filter(({ kind }) => kind === 'tbf').toSorted((a, b) => (a.parent ?? '').localeCompare(b.parent ?? ''))
    return { sentBytes: queues.map(({ bytes }) => bytes), dropped: queues.reduce((sum, { drops }) => sum + drops, 0) }
  }

  remove() {
    for (const name of NAMESPACES) ip('netns', 'del', this.namespace(name))
  }

  /**
   * Runs a program in a namespace.
   * @param {Name} name
   * @param {...string} command
   */
  run(name, ...command) {
    return execFileSync('ip', this.#args(name, command), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  }

  /** @param {Name} name */
  namespace(name) {
    return `k${process.pid}-${name}`
  }

  /**
   * @param {Name} one
   * @param {string} device
   * @param {Name} other
   * @param {string} otherDevice
   * @param {string} queues at both ends
   */
  #pair(one, device, other, otherDevice, queues) {
    const multiple = ['numtxqueues', queues, 'numrxqueues', queues]
    const peer = ['peer', 'name', otherDevice, 'netns', this.namespace(other), ...multiple]
    ip('link', 'add', device, 'netns', this.namespace(one), ...multiple, 'type', 'veth', ...peer)
    ip('-n', this.namespace(one), 'link', 'set', device, 'up')
    ip('-n', this.namespace(other), 'link', 'set', otherDevice, 'up')
  }

  /**
   * Leads what comes in at a device out of another, unseen by IP.
   * @param {Name} name
   * @param {string} from
   * @param {string} to
   */
  #redirect(name, from, to) {
    const action = ['action', 'mirred', 'egress', 'redirect', 'dev', to]
    this.run(name, 'tc', 'qdisc', 'add', 'dev', from, 'clsact')
    this.run(name, 'tc', 'filter', 'add', 'dev', from, 'ingress', 'protocol', 'ip', 'bpf', 'bytecode', EVERY_PACKET, ...action)
    if (name === 'wire') this.run(name, 'tc', 'filter', 'add', 'dev', from, 'ingress', 'protocol', 'arp', 'bpf', 'bytecode', EVERY_PACKET, ...action)
  }

  /** As bpf_redirect() of a tunnel-less eBPF data plane does: frames carry the peer's address from the start. */
  #leadPastTheStack() {
    const [link] = /** @type {[{ address: string }]} */ (JSON.parse(ip('-n', this.namespace('peer'), '-json', 'link', 'show', 'eth0')))
    ip('-n', this.namespace('pod'), 'neigh', 'replace', '10.9.1.1', 'lladdr', link.address, 'dev', 'eth0', 'nud', 'permanent')
    this.#redirect('host', 'pod0', 'eth0')
  }

  #slowDown() {
    const { queues, queueMbps, turns, ackCpu } = this.setup
    const rate = ['tbf', 'rate', `${queueMbps}mbit`, 'burst', String(BURST_BYTES[turns]), 'limit', String(QUEUE_BYTES)]
    if (queues > 1) this.run('host', 'tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', 'handle', '1:', 'mq')
    for (let queue = 0; queue < queues; queue++) {
      const parent = queues > 1 ? ['parent', `1:${queue + 1}`] : ['root']
      this.run('host', 'tc', 'qdisc', 'add', 'dev', 'eth0', ...parent, ...rate)
      if (queues > 1) this.#set('host', `tx-${queue}/xps_cpus`, (1 << queue).toString(16))
      this.#set('host', `rx-${queue}/rps_cpus`, (1 << ackCpu).toString(16))
    }
  }

  #segmentOneByOne() {
    this.run('host', 'ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off')
    this.run('wire', 'ethtool', '-K', 'far', 'tso', 'off')
    this.run('peer', 'ethtool', '-K', 'eth0', 'gro', 'on')
    this.#set('peer', '../gro_flush_timeout', String(GATHER_NS))
    this.#set('peer', '../napi_defer_hard_irqs', '100')
  }

  /**
   * @param {Name} name
   * @param {string} file of eth0's queues
   * @param {string} value
   */
  #set(name, file, value) {
    this.run(name, 'sh', '-c', `echo ${value} > /sys/class/net/eth0/queues/${file}`)
  }

  /**
   * @param {Name} name
   * @param {string[]} command
   */
  #args(name, command) {
    return ['netns', 'exec', this.namespace(name), ...command]
  }
}

/** @typedef {'pod' | 'host' | 'wire' | 'peer'} Name */

/** @type {readonly Name[]} */
const NAMESPACES = ['pod', 'host', 'wire', 'peer']

/** @type {readonly [Name, string, string][]} */
const ADDRESSES = [
  ['pod', 'eth0', '10.9.1.2/24'],
  ['host', 'pod0', '10.9.1.1/24'],
  ['host', 'eth0', '10.9.2.1/24'],
  ['peer', 'eth0', `${PEER}/24`],
]

/** @param {...string} args */
function ip(...args) {
  return execFileSync('ip', args, { encoding: 'utf8' })
}
