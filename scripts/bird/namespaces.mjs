import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** @typedef {import('./configuration.mjs').Node} Node */

/**
 * A vector's nodes as network namespaces: a segment is a bridge in a namespace of its own, an interface a pair of veth
 * whose other end is a port of the bridge. Needs root, iproute2 and bird.
 */
export class NamespaceLab {
  /**
   * @param {string} name short, tells the namespaces of labs that run at once apart
   * @param {string} folder for configurations and logs
   * @param {Record<string, Node>} nodes
   */
  constructor(name, folder, nodes) {
    this.name = name
    this.folder = folder
    this.nodes = nodes
    /** @type {Map<string, { port: string, segment: string }[]>} */
    this.ports = new Map()
    /** @type {Map<string, import('node:child_process').ChildProcess>} */
    this.daemons = new Map()
    /** @type {import('node:child_process').ChildProcess[]} */
    this.watchers = []
    /** @type {Map<string, string>} */
    this.bridges = new Map()
  }

  /** Makes the namespaces, segments and addresses, and begins to take down changes of kernel routes. */
  create() {
    mkdirSync(this.folder, { recursive: true })
    ip('netns', 'add', this.fabric())
    for (const [number, segment] of segmentsOf(this.nodes).entries()) {
      this.bridges.set(segment, `br${number}`)
      ip('-n', this.fabric(), 'link', 'add', `br${number}`, 'up', 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0')
    }
    for (const [name, node] of Object.entries(this.nodes)) this.#createNode(name, node)
  }

  /**
   * Starts a node's daemon.
   * @param {string} node
   * @param {boolean} recover keeps the kernel's routes until it has its own
   */
  start(node, recover) {
    const args = ['-f', '-c', this.#file(node, 'conf'), '-s', this.#file(node, 'ctl'), ...(recover ? ['-R'] : [])]
    const daemon = spawn('ip', ['netns', 'exec', this.#namespace(node), 'bird', ...args], { stdio: 'ignore' })
    this.daemons.set(node, daemon)
  }

  /**
   * @param {string} node
   * @param {'SIGKILL' | 'SIGTERM'} signal
   */
  end(node, signal) {
    this.daemons.get(node)?.kill(signal)
  }

  /**
   * Changes the ports that a node, or a link between two, has on the segments, all at once. On a segment with more members
   * a link is the port of the end that is no switch.
   * @param {readonly string[]} ends one node, or two
   * @param {'silent' | 'down' | 'up'} state
   */
  setLink(ends, state) {
    const [first = '', second] = ends
    const segments = (/** @type {string} */ node) => (this.ports.get(node) ?? []).map(({ segment }) => segment)
    const shared = second === undefined ? undefined : segments(first).find((segment) => segments(second).includes(segment))
    const members = Object.keys(this.nodes).filter((node) => shared !== undefined && segments(node).includes(shared))
    const leaves = ends.filter((node) => !isSwitch(this.nodes[node]))
    const affected = members.length > 2 && leaves.length > 0 ? leaves : ends
    const ports = affected.flatMap((node) => this.ports.get(node) ?? []).filter(({ segment }) => shared === undefined || segment === shared)
    const lines = ports.map(({ port, segment }) => `link set ${port} ${this.#portState(segment, state)}`)
    execFileSync('ip', ['-n', this.fabric(), '-batch', '-'], { input: `${lines.join('\n')}\n` })
  }

  /**
   * The kernel's routes of a node, as `ip -json` has them.
   * @param {string} node
   * @returns {{ dst: string, type?: string, gateway?: string, nexthops?: { gateway: string }[] }[]}
   */
  routes(node) {
    return JSON.parse(ip('-n', this.#namespace(node), '-json', 'route', 'show'))
  }

  /** Ends all that was started and removes the namespaces. */
  remove() {
    for (const child of [...this.watchers, ...this.daemons.values()]) child.kill('SIGKILL')
    for (const node of Object.keys(this.nodes)) ip('netns', 'del', this.#namespace(node))
    ip('netns', 'del', this.fabric())
  }

  /** The namespace of the segments. */
  fabric() {
    return `${this.name}-fabric`
  }

  /**
   * @param {string} name
   * @param {Node} node
   */
  #createNode(name, node) {
    const namespace = this.#namespace(name)
    ip('netns', 'add', namespace)
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    for (const setting of [`net.ipv4.ip_forward=${Number(isSwitch(node))}`, 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0']) {
      execFileSync('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', setting])
    }
    const ports = node.ifs.map(([segment, address], index) => {
      const port = `${name}-${index}`
      ip('-n', this.fabric(), 'link', 'add', port, 'type', 'veth', 'peer', 'name', `seg${index}`, 'netns', namespace)
      ip('-n', this.fabric(), 'link', 'set', port, ...this.#portState(segment, 'up').split(' '))
      ip('-n', namespace, 'addr', 'add', address, 'dev', `seg${index}`)
      ip('-n', namespace, 'link', 'set', `seg${index}`, 'up')
      return { port, segment }
    })
    this.ports.set(name, ports)
    if (node.defgw !== undefined) ip('-n', namespace, 'route', 'add', 'default', 'via', node.defgw)
    const own = node.ifs.map(([, address]) => address.split('/')[0])
    const changes = openSync(path.join(this.folder, `${name}.routes`), 'w')
    const capture = ['-i', 'any', '-Q', 'out', '-U', '-w', this.#file(name, 'pcap'), '--immediate-mode', 'tcp port 179 and (', own.map((address) => `src ${address}`).join(' or '), ')']
    this.watchers.push(spawn('ip', ['netns', 'exec', namespace, 'tcpdump', ...capture], { stdio: 'ignore' }))
    this.watchers.push(spawn('ip', ['-n', namespace, '-ts', 'monitor', 'route'], { stdio: ['ignore', changes, 'ignore'] }))
  }

  /**
   * What `ip link set` is told of a port.
   * @param {string} segment
   * @param {'silent' | 'down' | 'up'} state
   */
  #portState(segment, state) {
    return { silent: 'nomaster', down: 'down', up: `master ${this.bridges.get(segment) ?? ''} up` }[state]
  }

  /**
   * Writes a node's configuration.
   * @param {string} node
   * @param {string} configuration
   */
  configure(node, configuration) {
    writeFileSync(this.#file(node, 'conf'), `log "${this.#file(node, 'log')}" all;\n${configuration}`)
  }

  /** @param {string} node */
  #namespace(node) {
    return `${this.name}-${node}`
  }

  /**
   * @param {string} node
   * @param {string} extension
   */
  #file(node, extension) {
    return path.join(this.folder, `${node}.${extension}`)
  }
}

/** @param {Record<string, Node>} nodes */
function segmentsOf(nodes) {
  return new Set(Object.values(nodes).flatMap(({ ifs }) => ifs.map(([segment]) => segment)))
}

/** @param {Node | undefined} node */
function isSwitch(node) {
  return node?.role === 'tor' || node?.role === 'spine'
}

/** @param {...string} args */
function ip(...args) {
  return execFileSync('ip', args, { encoding: 'utf8' })
}
