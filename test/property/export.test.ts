import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { exportLab } from '#main/documents/export/export-lab'
import type { ExportTarget } from '#shared/contract/cluster-export'
import { importLab } from '#main/documents/import/import-lab'
import { placePods } from '#main/simulation/kubernetes/index'
import { parseLab, readManifestText, type Lab } from '#shared/lab/index'

import { makeLab } from '../support/make-lab'

const NODES = ['node-1', 'node-2', 'node-3']

const workload = fc.record({
  namespace: fc.constantFrom('default', 'shop'),
  labels: fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 2 }),
  replicas: fc.integer({ min: 0, max: 3 }),
  ports: fc.constantFrom([], [{ name: 'http', port: 8080 }], [{ port: 53, protocol: 'UDP' }, { port: 53 }]),
  nodes: fc.subarray(NODES).chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length })),
  kind: fc.constantFrom('Deployment', 'StatefulSet'),
  hostNetwork: fc.boolean(),
})

const variants = fc.constantFrom<Record<string, unknown>>(
  { cni: 'calico', settings: { ipPool: { ipipMode: 'CrossSubnet', blockSize: 28, natOutgoing: false } } },
  { cni: 'calico', settings: { ipPool: { vxlanMode: 'Always' }, felixConfiguration: { nftablesMode: 'Enabled', vxlanPort: 8473 }, kubeProxy: { mode: 'ipvs' } } },
  { cni: 'calico', settings: { bgpConfiguration: { nodeToNodeMeshEnabled: false, asNumber: 65000 }, bgpPeers: [{ peerIP: '10.1.0.1', asNumber: 65001 }, { nodeSelector: 'all()', peerSelector: "zone == 'a'" }] } },
  { cni: 'cilium', settings: { routingMode: 'native', autoDirectNodeRoutes: true, ipv4NativeRoutingCIDR: '10.244.0.0/16', bpf: { masquerade: true } } },
  { cni: 'cilium', settings: { tunnelProtocol: 'geneve', encryption: { enabled: true, type: 'wireguard' }, kubeProxy: { mode: 'nftables' } } },
  { cni: 'flannel', settings: { Backend: { Type: 'host-gw' } } },
  { cni: 'flannel', settings: { Backend: { VNI: 7, MTU: 1400, DirectRouting: true }, delegate: { hairpinMode: false } } },
)

const labs = fc
  .record({ workloads: fc.array(workload, { maxLength: 4 }), variant: variants, taint: fc.boolean(), traffic: fc.boolean() })
  .map(({ workloads, variant, taint, traffic }) => {
    const named = workloads.map((each, index) => ({ ...each, name: `w${index}` }))
    const sender = named.find(({ replicas }) => replicas > 0)
    const ends = sender === undefined ? [] : [{ name: 't', kind: 'tcp-stream', from: { node: 'node-1' }, to: { pod: `${sender.namespace}/${sender.name}-0`, port: 9999 } }]
    return {
      fabric: { switches: [{ name: 'tor-1' }, { name: 'tor-2' }, { name: 'spine-1', role: 'spine' }], links: [{ ends: ['tor-1', 'spine-1'] }, { ends: ['tor-2', 'spine-1'], mtu: 1600 }] },
      nodes: NODES.map((name, index) => ({ name, uplinks: [{ switch: `tor-${1 + (index % 2)}` }], labels: { zone: `z${index}` }, ...(taint && index === 1 ? { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } : {}) })),
      cluster: {
        podCIDR: '10.244.0.0/16', serviceCIDR: '10.96.0.0/16', namespaces: [{ name: 'shop', labels: { team: 'x' } }], workloads: named,
        manifests: [{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'shop' }, spec: { podSelector: {} } }],
      },
      variants: [{ name: 'v', ...variant }],
      traffic: traffic ? ends : [],
    }
  })

/** What an import makes of the files of several targets. */
function roundTrip(lab: Lab, targets: readonly ExportTarget[]): Lab {
  const files = targets.flatMap((target) => exportLab(lab, lab.variants, target).files).filter(({ path }) => /\.ya?ml$/u.test(path))
  const values = [...new Map(files.map((file) => [file.path, file])).values()].map(({ path, text }) => {
    const read = readManifestText(text)
    if ('error' in read) throw new Error(`${path}: ${read.error}`)
    return { name: path, values: read.objects }
  })
  const { text } = importLab('any', values)
  return parseLab(text).lab!
}

/** Pods of a lab, whatever order its workloads are in: who they are, what they listen on, and where they run. */
function podsOf(lab: Lab): unknown[] {
  const pods = placePods(lab).pods.map(({ node, ...pod }) => ({ ...pod, ports: new Set(pod.ports), node: lab.nodes[node]!.name }))
  return pods.sort((a, b) => (a.reference < b.reference ? -1 : 1))
}

describe('exporting and importing', () => {
  it('gives the same cluster again', () => {
    fc.assert(
      fc.property(labs, (spec) => {
        const lab = makeLab(spec)
        // Pods without nodes of their own are the scheduler's: a lab deals them out in the order of its workloads.
        const isPlaced = lab.cluster.workloads.every(({ nodes }) => nodes.length > 0)
        const again = roundTrip(lab, ['kind', 'containerlab', 'manifests', lab.variants[0]!.cni === 'calico' ? 'calico' : 'helm'])
        expect(again.nodes.map(({ name, labels, taints, uplinks }) => [name, labels, taints, uplinks.map((uplink) => uplink.switch)])).toEqual(
          lab.nodes.map(({ name, labels, taints, uplinks }) => [name, labels, taints, uplinks.map((uplink) => uplink.switch)]),
        )
        expect(again.fabric.switches.map(({ name, role }) => [name, role])).toEqual(lab.fabric.switches.map(({ name, role }) => [name, role]))
        expect(again.fabric.links.map(({ ends, mtu }) => [ends, mtu])).toEqual(lab.fabric.links.map(({ ends, mtu }) => [ends, mtu]))
        expect([again.cluster.podCIDR, again.cluster.serviceCIDR]).toEqual([lab.cluster.podCIDR, lab.cluster.serviceCIDR])
        // Calico's configuration stays among the manifests, where it gives the variant its settings.
        expect(again.cluster.manifests.filter((manifest) => !('apiVersion' in manifest && manifest['apiVersion'] === 'projectcalico.org/v3'))).toEqual(lab.cluster.manifests)
        expect(again.variants[1]!.settings).toEqual(lab.variants[0]!.settings)
        if (isPlaced && lab.traffic.length === 0) expect(podsOf(again)).toEqual(podsOf(lab))
      }),
      { numRuns: 25 },
    )
  })
})
