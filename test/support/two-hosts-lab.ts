/** Options of {@link twoHostsLab}. */
export interface TwoHosts {
  /** An entry of the traffic list without its name, as YAML flow style: `kind: tcp-rr, from: …, to: …`. */
  readonly traffic: string
  /** @default false: hosts cost no time */
  readonly hostCosts?: boolean
  /** Share of packets lost on each link. @default 0 */
  readonly loss?: number
  /** The variants, as YAML flow style. @default the bare host */
  readonly variants?: string
  /** @default '20ms' */
  readonly duration?: string
}

/** The text of a lab of two nodes on a switch, links of 10 Gbit/s and 5 µs, three pods `a-0` … on one and `b-0` … on the other. */
export function twoHostsLab({ traffic, hostCosts = false, loss = 0, variants = '[{name: host, cni: none}]', duration = '20ms' }: TwoHosts): string {
  const node = (name: string) =>
    `    - {name: ${name}, cpu: {cores: 4, ghz: 3}, nic: {rate: 10Gbit, mtu: 1500, queues: 4}, uplinks: [{switch: tor, delay: 5us, loss: ${loss}}]}`
  return `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: two-hosts}
spec:
  fabric:
    switches: [{name: tor, role: tor}]
  nodes:
${node('n1')}
${node('n2')}
  cluster:
    podCIDR: 10.244.0.0/16
    serviceCIDR: 10.96.0.0/16
    namespaces: [{name: default}]
    workloads:
      - {name: a, namespace: default, replicas: 3, nodes: [n1]}
      - {name: b, namespace: default, replicas: 3, nodes: [n2]}
  variants: ${variants}
  traffic:
    - {name: t, ${traffic}}
  run: {duration: ${duration}, warmup: 0s, seeds: 1, hostCosts: ${hostCosts}}
`
}

/** Both ends of an entry between the first pods of both nodes. */
export const FIRST_PODS = 'from: {pod: default/a-0}, to: {pod: default/b-0}'
