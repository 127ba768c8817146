/**
 * @typedef {{ ip: string, as: number, src?: string, passive?: boolean, rr?: string, password?: string }} Peer
 * @typedef {{ rid: string, as: number, role?: string, blocks?: string[], ifs: [string, string][], peers?: Peer[], defgw?: string, opts?: object | null }} Node
 * @typedef {{ holdSeconds: number, keepaliveSeconds: number, connectDelaySeconds: number, connectRetrySeconds: number,
 *   errorWaitSeconds: [number, number], gracefulRestart: boolean, gracefulRestartSeconds: number }} Timers
 */

/**
 * BIRD's configuration of a node of a vector: Calico's template for nodes (confd/templates/bird.cfg.template, in BIRD 2's
 * syntax), BIRD's own defaults for switches, which announce their subnets too.
 * @param {Node} node
 * @param {Timers} timers
 * @param {string} pool
 */
export function birdConfiguration(node, timers, pool) {
  const isSwitch = node.role === 'tor' || node.role === 'spine'
  return [
    `router id ${node.rid};`,
    'timeformat log iso long us;',
    'debug protocols { states, events, packets };',
    'protocol device { scan time 2; }',
    'protocol direct { ipv4; interface "seg*"; }',
    ...kernelProtocol(timers, isSwitch),
    'protocol static {',
    '  ipv4;',
    ...(node.blocks ?? []).map((block) => `  route ${block} blackhole;`),
    '}',
    'filter in_pool {',
    '  if source = RTS_DEVICE then reject;',
    `  if net ~ [ ${pool}+ ] then accept;`,
    '  reject;',
    '}',
    ...(node.peers ?? []).flatMap((peer, index) => bgpProtocol(peer, index, node, timers, isSwitch)),
    '',
  ].join('\n')
}

/**
 * @param {Timers} timers
 * @param {boolean} isSwitch
 */
function kernelProtocol({ gracefulRestart }, isSwitch) {
  return [
    'protocol kernel {',
    ...(isSwitch ? [] : ['  learn;']),
    '  persist;',
    '  scan time 2;',
    '  merge paths on;',
    ...(gracefulRestart ? ['  graceful restart;'] : []),
    '  ipv4 { import all; export where source != RTS_DEVICE; };',
    '}',
  ]
}

/**
 * @param {Peer} peer
 * @param {number} index
 * @param {Node} node
 * @param {Timers} timers
 * @param {boolean} isSwitch
 */
function bgpProtocol(peer, index, node, timers, isSwitch) {
  const isInternal = peer.as === node.as
  const [least, most] = timers.errorWaitSeconds
  const option = optionsOf({ ...node.opts, ...peer })
  const allowLocalAs = Number(option('allowlocalas', 'allowasin', 'numallowedlocalasnumbers') ?? 0)
  const lines = [
    `local ${peer.src === undefined ? '' : `${peer.src} `}as ${node.as}`,
    `neighbor ${peer.ip} as ${peer.as}`,
    ...(isInternal ? ['multihop'] : []),
    ...(peer.passive === true ? ['passive on'] : []),
    ...(peer.rr === undefined ? [] : ['rr client', `rr cluster id ${peer.rr}`]),
    ...(allowLocalAs === 0 ? [] : [`allow local as ${allowLocalAs}`]),
    ...(peer.password === undefined ? [] : [`password "${peer.password}"`]),
    `hold time ${timers.holdSeconds}`,
    ...(timers.keepaliveSeconds > 0 ? [`keepalive time ${timers.keepaliveSeconds}`] : []),
    `graceful restart ${timers.gracefulRestart ? 'on' : 'off'}`,
    ...(timers.gracefulRestart ? [`graceful restart time ${timers.gracefulRestartSeconds}`] : ['long lived graceful restart off']),
    ...(isSwitch
      ? []
      : [
          `connect delay time ${timers.connectDelaySeconds}`,
          `connect retry time ${timers.connectRetrySeconds}`,
          `error wait time ${least}, ${most}`,
        ]),
  ]
  const channel = [
    ...(isSwitch ? ['import all', 'export all'] : ['import all', 'export filter in_pool', 'add paths on', ...(isInternal ? ['gateway recursive'] : [])]),
    ...nextHopLines(option, isSwitch && isInternal),
  ]
  return [
    `protocol bgp peer${index} {`,
    ...lines.map((line) => `  ${line};`),
    `  ipv4 { ${channel.map((line) => `${line};`).join(' ')} };`,
    '}',
  ]
}

/**
 * What a peering says of next hops; a switch puts its own in place of external ones towards its AS where it says nothing.
 * @param {(...names: string[]) => unknown} option
 * @param {boolean} isWithinFabric
 */
function nextHopLines(option, isWithinFabric) {
  const self = option('nexthopself') ?? (isWithinFabric ? 'ebgp' : false)
  const always = self === true || self === 'all' || self === 'always'
  return [
    ...(self === 'ebgp' ? ['next hop self ebgp'] : always ? ['next hop self'] : []),
    ...(option('nexthopkeep', 'keeporiginalnexthop') === true ? ['next hop keep'] : []),
  ]
}

/**
 * Options of a peer or its node by name, spelled as vectors may spell them (src-main/simulation/bgp/vector.ts).
 * @param {Record<string, unknown>} options
 * @returns {(...names: string[]) => unknown}
 */
function optionsOf(options) {
  const known = new Map(Object.entries(options).map(([name, value]) => [name.toLowerCase().replaceAll(/[^a-z]/g, ''), value]))
  return (...names) => names.map((name) => known.get(name)).find((value) => value !== undefined)
}
