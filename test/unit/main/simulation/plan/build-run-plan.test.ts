import { buildRunPlan } from '#main/simulation/plan/index'
import type { Lab } from '#shared/lab/record/lab'
import { ARRIVALS, FLOW_KIND } from '#shared/plan/index'
import { describe, expect, it } from 'vitest'

import { datapathLab } from '../../../../support/datapath-lab'
import { leafSpine, makeLab, nodesOn } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'

const problemsOf = (lab: Lab, variant: string) => {
  const result = buildRunPlan(lab, variant)
  return 'problems' in result
    ? result.problems.map(({ code, path, message }) => ({ code, path: path.join('.'), message }))
    : []
}

const traffic = (more: object) => ({
  name: 't',
  kind: 'tcp-stream',
  from: { pod: 'default/client-0' },
  to: { pod: 'default/far-0' },
  ...more,
})

describe('a plan', () => {
  it('is the same for the same lab, and can be cloned', () => {
    const lab = datapathLab()
    const plan = planOf(lab, 'calico-ipip')
    expect(structuredClone(plan)).toEqual(planOf(lab, 'calico-ipip'))
  })

  it('numbers ports by link: uplinks after the lab’s links, external hosts’ last', () => {
    const { labels, ports } = planOf(datapathLab(), 'host')
    expect(labels.links).toEqual([
      ['tor-a', 'spine'],
      ['tor-b', 'spine'],
      ['node-1', 'tor-a'],
      ['node-2', 'tor-b'],
      ['outside', 'spine'],
    ])
    expect(Array.from(ports.owner)).toEqual([0, 2, 1, 2, 3, 0, 4, 1, 5, 2])
    expect(Array.from(ports.peer)).toEqual([2, 0, 2, 1, 0, 3, 1, 4, 2, 5])
  })

  it('takes rates, queues and framing from the links', () => {
    const lab = makeLab({
      fabric: { switches: [{ name: 'r', role: 'spine' }] },
      nodes: [
        {
          name: 'n1',
          nic: { rate: '25Gbit' },
          uplinks: [{ switch: 'r', rate: '10Gbit', delay: '5us', framing: '2B', queue: '100p', loss: 0.5 }],
        },
        { name: 'n2', nic: { rate: '10Gbit', mtu: 9000 }, uplinks: [{ switch: 'r', rate: '100Gbit', mtu: 4000 }] },
      ],
      variants: [{ name: 'host', cni: 'none' }],
      run: { hostCosts: false },
    })
    const { ports, hosts } = planOf(lab, 'host')
    expect(Array.from(ports.nsPerByte)).toEqual([0.8, 0.8, 0.8, 0.8])
    expect([ports.delayNs[0], ports.framingBytes[0], ports.lossRate[1]]).toEqual([5000, 2, 0.5])
    expect([ports.queueLimitPackets[0], ports.queueLimitBytes[0], ports.queueLimitBytes[2]]).toEqual([
      100, 0, 1_000_000,
    ])
    expect(Array.from(ports.mtuBytes)).toEqual([1500, 1500, 4000, 4000])
    expect(Array.from(hosts.coreCount)).toEqual([0, 0])
  })

  it('gives nodes their cores and leaves external hosts and bare stacks without', () => {
    const { hosts, labels } = planOf(datapathLab(), 'host')
    expect(Array.from(hosts.coreCount)).toEqual([8, 8, 0])
    expect(Array.from(hosts.coreFirst)).toEqual([0, 8, 16])
    expect(labels.isNode).toEqual([true, true, false])
    const traffic = [{ name: 'out', kind: 'tcp-stream', from: { node: 'node-1' }, to: { node: 'node-2' } }]
    expect(Array.from(planOf(datapathLab({ hostCosts: false, traffic }), 'host').hosts.coreCount)).toEqual([0, 0, 0])
  })

  it('refuses traffic on one bare host, where it would take no time', () => {
    const traffic = [{ name: 'near', kind: 'tcp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/near-0' } }]
    expect(() => planOf(datapathLab({ hostCosts: false, traffic }), 'host')).toThrow('no-path')
  })

  it('leaves the queue of a host with cores to its qdisc', () => {
    const { ports } = planOf(datapathLab(), 'host')
    expect([ports.queueLimitBytes[4], ports.queueLimitPackets[4]]).toEqual([0, 0])
    expect(ports.queueLimitBytes[5]).toBe(1_000_000)
  })
})

describe('flows', () => {
  it('are what the traffic says', () => {
    const lab = datapathLab({
      traffic: [
        traffic({
          kind: 'udp-stream',
          rate: '1Gbit',
          payload: '1250B',
          arrivals: 'poisson',
          start: '1ms',
          stop: '2ms',
        }),
        traffic({
          name: 'rr',
          kind: 'tcp-rr',
          request: '100B',
          response: '200B',
          to: { pod: 'default/far-0', port: 99 },
        }),
      ],
    })
    const { flows } = planOf(lab, 'host')
    expect([flows.kind[0], flows.kind[1]]).toEqual([FLOW_KIND.udpStream, FLOW_KIND.tcpRr])
    expect([flows.gapNs[0], flows.writeBytes[0], flows.arrivals[0]]).toEqual([10_000, 1250, ARRIVALS.poisson])
    expect([flows.startNs[0], flows.stopNs[0], flows.stopNs[1]]).toEqual([1e6, 2e6, 1e9])
    expect([flows.requestBytes[1], flows.responseBytes[1], flows.serverPort[1]]).toEqual([100, 200, 99])
    expect([flows.gsoSegments[1], flows.groSegments[1]]).toEqual([1, 1])
  })

  it('go to the port of the workload unless the traffic names one', () => {
    expect(planOf(datapathLab({ traffic: [traffic({})] }), 'host').flows.serverPort[0]).toBe(8080)
  })

  it('deal the connections of all senders out to the receivers in turn', () => {
    const { leafNames, switches, links } = leafSpine(2, 1)
    const lab = makeLab({
      fabric: { switches, links },
      nodes: nodesOn(leafNames, 5),
      cluster: {
        workloads: [
          { name: 'a', replicas: 2, nodes: ['node-1', 'node-2'] },
          { name: 'b', replicas: 3, nodes: ['node-3', 'node-4', 'node-5'] },
        ],
      },
      variants: [{ name: 'host', cni: 'none' }],
      traffic: [
        { name: 't', kind: 'tcp-stream', from: { workload: 'default/a' }, to: { workload: 'default/b' }, streams: 2 },
      ],
    })
    const { flows } = planOf(lab, 'host')
    expect(Array.from(flows.clientHost)).toEqual([0, 0, 1, 1])
    expect(Array.from(flows.serverHost)).toEqual([2, 3, 4, 2])
  })

  it('of a workload to itself go to another pod of it', () => {
    const lab = makeLab({
      fabric: { switches: [{ name: 'a' }] },
      nodes: nodesOn(['a'], 3),
      cluster: { workloads: [{ name: 'w', replicas: 3 }] },
      variants: [{ name: 'host', cni: 'none' }],
      traffic: [{ name: 't', kind: 'tcp-stream', from: { workload: 'default/w' }, to: { workload: 'default/w' } }],
    })
    const { flows } = planOf(lab, 'host')
    expect(Array.from(flows.serverHost)).toEqual([1, 2, 0])
  })
})

describe('what cannot run', () => {
  it('is no datagram longer than the pods’ MTU: it leaves in pieces', () => {
    const long = datapathLab({ traffic: [traffic({ kind: 'udp-stream', payload: '9kB' })] })
    expect(problemsOf(long, 'calico-ipip')).toEqual([])
  })

  it('is traffic from outside to a pod’s address of an overlay', () => {
    const lab = datapathLab({ traffic: [traffic({ from: { external: 'outside' } })] })
    expect(problemsOf(lab, 'host')).toEqual([])
    expect(problemsOf(lab, 'cilium-vxlan')).toMatchObject([{ code: 'no-path', path: 'spec.traffic.0' }])
  })

  it('is more pods than the pod CIDR has addresses', () => {
    const lab = makeLab({
      fabric: { switches: [{ name: 'a' }] },
      nodes: nodesOn(['a'], 1),
      cluster: { podCIDR: '10.244.0.0/26', workloads: [{ name: 'w', replicas: 64, nodes: ['node-1'] }] },
      variants: [{ name: 'calico', cni: 'calico' }],
    })
    expect(problemsOf(lab, 'calico')).toMatchObject([{ code: 'too-many-replicas' }])
  })

  it('is a variant that the lab does not have', () => {
    expect(() => buildRunPlan(datapathLab(), 'flannel')).toThrow('no variant flannel')
  })
})
