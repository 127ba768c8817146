import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { routesCommand } from '#main/cli/routes-command'
import { describe, expect, it } from 'vitest'

import { fakeTerminal } from './fake-terminal'

const vector = (name: string): string => fileURLToPath(new URL(`../../fixture/bgp/${name}.json`, import.meta.url))

/** A copy of a vector with something changed. */
function changed(name: string, change: (content: Record<string, unknown>) => void): string {
  const content = JSON.parse(readFileSync(vector(name), 'utf8')) as Record<string, unknown>
  change(content)
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'routes-')), 'vector.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

describe('routes of a vector file', () => {
  it('are the whole kernel table of every node, with messages', async () => {
    const terminal = fakeTerminal()
    expect(await routesCommand(undefined, { vectors: vector('mesh5'), json: true }, terminal)).toBe(0)
    const result = JSON.parse(terminal.written.out) as { nodes: { name: string; fib: object; messages: object }[] }
    expect(result).toMatchObject({ schema: 'cnilab/routes/v1', nodes: [{ name: 'n1' }, {}, {}, {}, {}] })
    expect(result.nodes[0]!.fib).toMatchObject({
      '10.0.0.0/24': [],
      '10.244.1.0/26': ['blackhole'],
      '10.244.2.64/26': ['10.0.0.2'],
    })
    expect(result.nodes[0]!.messages).toEqual({ OPEN: 4, UPDATE: 8, KEEPALIVE: 4, NOTIFICATION: 0 })
  })

  it('are the same each time', async () => {
    const [first, second] = [fakeTerminal(), fakeTerminal()]
    await routesCommand(undefined, { vectors: vector('rack8'), json: true }, first)
    await routesCommand(undefined, { vectors: vector('rack8'), json: true }, second)
    expect(first.written.out).toBe(second.written.out)
  })

  it('are tables for people', async () => {
    const terminal = fakeTerminal()
    await routesCommand(undefined, { vectors: vector('rack8_linkdown') }, terminal)
    expect(terminal.written.out).toContain('routes as of 70.000 s')
    expect(terminal.written.out).toMatch(/10\.244\.5\.0\/26 +172\.16\.12\.2\n/u)
  })
})

it('blocks of addresses are claimed as a file of such vectors asks, in its own form', async () => {
  const terminal = fakeTerminal()
  const file = fileURLToPath(new URL('../../fixture/ipam/calico-blocks.json', import.meta.url))
  await routesCommand(undefined, { vectors: file, json: true }, terminal)
  const { go_reference: hosts, scenarios } = JSON.parse(readFileSync(file, 'utf8')) as { go_reference: object[]; scenarios: object[] }
  expect(JSON.parse(terminal.written.out)).toMatchObject({ schema: 'cnilab/ipam/v1', go_reference: hosts, scenarios })
})

it('routes of a lab may come with the whole record of its control plane', async () => {
  const terminal = fakeTerminal()
  const lab = fileURLToPath(new URL('../../../resources/labs/failures/bird-shutdown.cnilab.yaml', import.meta.url))
  await routesCommand(lab, { variant: 'calico', node: ['node-1'], record: true, json: true }, terminal)
  const { record } = JSON.parse(terminal.written.out) as { record: { nodes: { name: string }[] } }
  expect(record).toMatchObject({ schema: 'cnilab/control-plane/v1', durationSeconds: 20 })
  expect(record.nodes.map(({ name }) => name)).toEqual(['node-1'])
})

it('routes come with what BGP put on the wire, in a file', async () => {
  const pcap = path.join(mkdtempSync(path.join(tmpdir(), 'routes-')), 'bgp.pcapng')
  const terminal = fakeTerminal()
  await routesCommand(undefined, { vectors: vector('mesh5'), pcap }, terminal)
  expect(terminal.written.error).toMatch(/: [1-9]\d+ frames of 10 connections\n/u)
  // The magic number of a section header block.
  expect(readFileSync(pcap).subarray(0, 4).toString('hex')).toBe('0a0d0d0a')
  await expect(routesCommand(undefined, { vectors: vector('mesh5'), pcap: '/nowhere/bgp.pcapng' }, terminal)).rejects.toMatchObject({ code: 'output.unwritable' })
})

describe('the start of other sizes', () => {
  const lab = fileURLToPath(new URL('../../../resources/labs/failures/full-mesh.cnilab.yaml', import.meta.url))

  it('is a table, with the arithmetic where it is not simulated', async () => {
    const terminal = fakeTerminal()
    await routesCommand(lab, { variant: 'mesh', sizes: '10,5000' }, terminal)
    expect(terminal.written.out).toMatch(/^ *10 +200 +45 +9 +2,270 +180 /mu)
    expect(terminal.written.out).toContain('5,000·4,999/2 = 12,497,500 sessions')
  })

  it('is data for programs', async () => {
    const terminal = fakeTerminal()
    await routesCommand(lab, { variant: 'reflectors', sizes: '50', json: true }, terminal)
    expect(JSON.parse(terminal.written.out)).toMatchObject({ schema: 'cnilab/control-plane-sizes/v1', sizes: [{ nodes: 50, pods: 1000, sessionsPerNode: 2 }] })
  })

  it('needs sizes that a cluster can have', async () => {
    await expect(routesCommand(lab, { variant: 'mesh', sizes: '10,many' }, fakeTerminal())).rejects.toMatchObject({ code: 'routes.sizes' })
  })
})

describe('a vector file is refused', () => {
  it.each([
    ['that is not there', '/nowhere/vector.json', 'vectors.unreadable'],
    ['that is not JSON', fileURLToPath(import.meta.url), 'vectors.invalid'],
    ['with a wrong address', changed('mesh5', (content) => Object.assign(content['topology']!, { pool: '10.244.0.0' })), 'vectors.invalid'],
    ['with an event on a node it does not have', changed('mesh5', (content) => Object.assign(content, { events: [{ atSeconds: 1, kind: 'agent-kill', node: 'n9' }] })), 'vectors.invalid'],
    ['with an event on no node', changed('mesh5', (content) => Object.assign(content, { events: [{ atSeconds: 1, kind: 'agent-stop' }] })), 'vectors.invalid'],
  ])('%s', async (_, file, code) => {
    await expect(routesCommand(undefined, { vectors: file }, fakeTerminal())).rejects.toMatchObject({ code })
  })
})

describe('a vector file that contradicts itself is refused with the place', () => {
  type Topology = { segments: string[]; nodes: Record<string, { ifs: [string, string][]; peers: { ip: string }[] }> }
  const inTopology = (change: (topology: Topology) => void): string => changed('mesh5', ({ topology }) => change(topology as Topology))

  it.each<[string, string, string]>([
    ['two nodes with one address', inTopology(({ nodes }) => { nodes['n2']!.ifs = nodes['n1']!.ifs }), 'n1 and n2 both have the address 10.0.0.1'],
    ['a segment that is not named', inTopology((topology) => { topology.segments = ['other'] }), 'n1 is on the segment lan'],
    ['a node that is its own neighbour', inTopology(({ nodes }) => { nodes['n1']!.peers[0]!.ip = '10.0.0.1' }), 'n1 has its own address'],
    ['a neighbour twice', inTopology(({ nodes }) => { nodes['n1']!.peers[0]!.ip = '10.0.0.3' }), 'n1 has the neighbour 10.0.0.3 twice'],
    ['a link to itself', changed('mesh5', (content) => { content['events'] = [{ atSeconds: 3, kind: 'link-down', link: ['n1', 'n1'] }] }), 'from n1 to itself'],
    ['a hold time that RFC 4271 forbids', changed('mesh5', ({ timers }) => { (timers as { holdSeconds: number }).holdSeconds = 2 }), 'timers.holdSeconds'],
  ])('%s', async (_, file, place) => {
    await expect(routesCommand(undefined, { vectors: file }, fakeTerminal())).rejects.toThrow(place)
  })
})
