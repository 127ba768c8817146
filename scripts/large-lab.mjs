/**
 * The text of a large lab: racks of 40 nodes under a spine, and one connection between each pair of 30 pods a node.
 * @param {number} nodes
 * @param {number} podsPerNode an even number
 * @returns {string}
 */
export function largeLab(nodes, podsPerNode) {
  const racks = Math.ceil(nodes / NODES_PER_RACK)
  const half = (nodes * podsPerNode) / 2
  return [
    'apiVersion: cnilab.dev/v1alpha1',
    'kind: Lab',
    `metadata: {name: large-${nodes}}`,
    'spec:',
    '  fabric:',
    '    racks:',
    ...list(racks, (rack) => `      - {name: rack-${rack}}`),
    '    switches:',
    ...list(racks, (rack) => `      - {name: tor-${rack}, role: tor, rack: rack-${rack}, asn: ${FIRST_ASN + rack}}`),
    ...list(SPINES, (spine) => `      - {name: spine-${spine}, role: spine, asn: ${FIRST_ASN - 1}}`),
    '    links:',
    ...list(racks * SPINES, (link) => `      - {ends: [tor-${Math.floor(link / SPINES)}, spine-${link % SPINES}], rate: 100Gbit, delay: 1us, mtu: 9000}`),
    '  nodes:',
    ...list(nodes, nodeLine),
    '  cluster:',
    '    podCIDR: 172.16.0.0/12',
    '    serviceCIDR: 192.168.0.0/16',
    '    namespaces: [{name: default}]',
    '    workloads:',
    `      - {name: client, namespace: default, replicas: ${half}}`,
    `      - {name: server, namespace: default, replicas: ${half}, ports: [{name: http, port: 8080}]}`,
    '  variants:',
    '    - {name: calico-ipip, cni: calico, settings: {ipPool: {ipipMode: Always, vxlanMode: Never}}}',
    '  traffic:',
    '    - {name: shuffle, kind: tcp-rr, from: {workload: default/client}, to: {workload: default/server}, pattern: permutation}',
    '  run: {duration: 20us, warmup: 1us, seeds: 1}',
    '',
  ].join('\n')
}

const NODES_PER_RACK = 40
const SPINES = 8
/** Of the top-of-rack switches; the spines share the one before. */
const FIRST_ASN = 65_101

/** @param {number} node */
function nodeLine(node) {
  const rack = Math.floor(node / NODES_PER_RACK)
  return `    - {name: node-${node}, rack: rack-${rack}, cpu: {cores: 8, ghz: 3.0}, nic: {rate: 25Gbit, mtu: 1500, queues: 8}, uplinks: [{switch: tor-${rack}, delay: 1us}]}`
}

/**
 * @param {number} count
 * @param {(index: number) => string} line
 */
function list(count, line) {
  return Array.from({ length: count }, (_, index) => line(index))
}
