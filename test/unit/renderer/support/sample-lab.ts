import { parseLab, type LabDocument } from '#shared/lab/index'
import { readOutline } from '#renderer/stores/read-outline'
import type { Outline } from '#renderer/stores/outline'

/** Two racks with a node each under a spine, a pod on each node, one entry of traffic; only the first rack is placed. */
export const sampleText = `# a comment that edits keep
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: sample}
spec:
  fabric:
    racks: [{name: a}, {name: b}]
    switches:
      - {name: tor-a, role: tor, rack: a}
      - {name: tor-b, role: tor, rack: b}
      - {name: spine-1, role: spine, asn: 65000}
    links:
      - {ends: [tor-a, spine-1], rate: 100Gbit}
      - {ends: [tor-b, spine-1]}
  nodes:
    - {name: node-1, rack: a, cpu: {cores: 4}, nic: {rate: 10Gbit}, uplinks: [{switch: tor-a}]}
    - {name: node-2, rack: b, uplinks: [{switch: tor-b}]}
  cluster:
    workloads:
      - {name: server, replicas: 1, ports: [{port: 8080}], nodes: [node-2]}
      - {name: client, replicas: 3, nodes: [node-1]}
  external: [{name: host-1, address: 203.0.113.10, attach: spine-1}]
  variants:
    - {name: host, cni: none}
    - {name: calico, cni: calico}
  traffic:
    - {name: bulk, kind: tcp-stream, from: {pod: default/client-0}, to: {pod: default/server-0, port: 8080}}
  view:
    racks: {a: {x: 0, y: 200}}
    notes: [{name: note-1, text: hello, x: 600, y: 0}]
`

/** A document of a text that is known to be one. */
export function documentOf(text: string = sampleText): LabDocument {
  const { document } = parseLab(text)
  if (document === undefined) throw new Error('The text is not a document')
  return document
}

/** The outline of a text that is known to be a document. */
export function outlineOf(text: string = sampleText): Outline {
  return readOutline(documentOf(text).value)
}
