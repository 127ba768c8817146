import { describe, expect, it } from 'vitest'

import { designFindings, formatPath, generateLab, LAB_TEMPLATES, parseLab, parsePath } from '#shared/lab/index'

const text = `apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: design}
spec:
  fabric:
    switches:
      - {name: tor-a, role: tor, asn: 65001}
      - {name: tor-b, role: tor, asn: 65002}
      - {name: spine-1, role: spine, asn: 65000}
    links:
      - {ends: [tor-a, spine-1], rate: 10Gbit, mtu: 9000}
      - {ends: [tor-b, spine-1], rate: 10Gbit, mtu: 9000}
  nodes:
    - {name: node-1, nic: {rate: 25Gbit, mtu: 1500}, uplinks: [{switch: tor-a}]}
    - {name: node-2, nic: {rate: 25Gbit, mtu: 1500}, uplinks: [{switch: tor-b}]}
  cluster:
    workloads:
      - {name: client, replicas: 1, nodes: [node-1]}
      - {name: server, replicas: 1, nodes: [node-2], ports: [{port: 8080}]}
  variants:
    - {name: vxlan, cni: cilium, settings: {routingMode: tunnel, tunnelProtocol: vxlan}}
  traffic:
    - {name: bulk, kind: udp-stream, from: {pod: default/client-0}, to: {pod: default/server-0, port: 8080}, rate: 1Gbit}
`

function found(changed: string): readonly string[] {
  const { lab, problems } = parseLab(changed)
  if (lab === undefined) throw new Error(JSON.stringify(problems))
  return designFindings(lab).map(({ code, path, message }) => `${code} ${formatPath(path)}: ${message}`)
}

describe('what a design will not do', () => {
  it('is nothing where it will, and in no template', () => {
    expect(found(text)).toEqual([])
    for (const { options } of LAB_TEMPLATES) expect(found(generateLab(options))).toEqual([])
  })

  it('is to carry packets over a link that is too narrow for them, header by header', () => {
    expect(found(text.replace('ends: [tor-b, spine-1], rate: 10Gbit, mtu: 9000', 'ends: [tor-b, spine-1], rate: 10Gbit, mtu: 1400'))).toEqual([
      'mtu-beyond-path spec.fabric.links[1].mtu: vxlan sends up to 1500 bytes from node-1 to node-2 (1450 of the pod + 20 outer IPv4 + 8 UDP + 8 VXLAN + 14 inner Ethernet); tor-b – spine-1 carries 1400.',
    ])
  })

  it('is to send faster than a link on the way', () => {
    expect(found(text.replace('rate: 1Gbit}', 'rate: 12Gbit}'))).toEqual([
      'rate-beyond-path spec.traffic[0].rate: bulk is to send 12Gbit; tor-a – spine-1 carries 10Gbit, headers included.',
    ])
  })

  it('is to reach a port that nobody listens on', () => {
    expect(found(text.replace('port: 8080}, rate', 'port: 80}, rate'))[0]).toMatch(/^port-not-open spec\.traffic\[0\]\.to\.port: .*listen on 8080/u)
  })

  it('is to bring routes around with one AS twice, or none', () => {
    expect(found(text.replace('65002', '65001'))[0]).toMatch(/^as-conflict spec\.fabric\.switches\[1\]\.asn: tor-b has the AS 65001 of tor-a/u)
    expect(found(text.replace(', asn: 65002', ''))[0]).toMatch(/^as-conflict spec\.fabric\.switches\[1\]: tor-b has no AS/u)
  })

  it('is to give every node its block of a range that is too small', () => {
    expect(found(text.replace('  cluster:', '  cluster:\n    podCIDR: 10.244.0.0/25'))[0]).toMatch(/^cidr-too-small spec\.cluster\.podCIDR: 2 nodes of 256/u)
  })
})

describe('a path of a problem', () => {
  it.each([[['spec', 'nodes', 0, 'nic', 'mtu']], [['spec', 'view', 'objects', 'Service a/b', 'x']], [[]]])('is read back', (path) => {
    expect(parsePath(formatPath(path))).toEqual(path)
  })
})
