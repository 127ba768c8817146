/** BGP sessions as a capture shows them: tshark reads every message and complains about nothing. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { bgpVectorSchema, readVector, runVector, sessionFrames } from '#main/simulation/bgp/index'
import { writePcapng } from '#shared/wire/index'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'cni-lab-bgp-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Rows of fields that tshark reads from the capture of a vector. */
function read(vector: string, fields: readonly string[], filter: string, observeAtSeconds?: number): string[][] {
  const content = JSON.parse(readFileSync(new URL(`../../fixture/bgp/${vector}.json`, import.meta.url), 'utf8')) as object
  const parsed = bgpVectorSchema.parse(observeAtSeconds === undefined ? content : { ...content, observeAtSeconds })
  const frames = sessionFrames(runVector(readVector(parsed), 1, true).connections)
  const file = join(folder, `${vector}.pcapng`)
  writeFileSync(file, writePcapng([{ name: 'bgp', description: '', link: 'ethernet' }], frames))
  const options = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
  const { status, stdout, stderr } = spawnSync('tshark', ['-r', file, ...options, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').slice(0, -1).map((line) => line.split('\t'))
}

/** How often each type of message occurs. */
function typesOf(rows: readonly string[][]): Record<string, number> {
  const types = rows.flatMap(([list]) => list!.split(','))
  return Object.fromEntries([...new Set(types)].toSorted().map((type) => [type, types.filter((each) => each === type).length]))
}

const hasTshark = spawnSync('tshark', ['--version']).error === undefined

describe.runIf(hasTshark).each(['mesh5', 'rr12', 'rack8', 'rr_hier', 'rack6_asrack', 'rr2_client_restart'])('the sessions of %s', (vector) => {
  it('are TCP that nothing is wrong with', () => {
    const wrong = '_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.lost_segment || tcp.analysis.out_of_order || tcp.analysis.ack_lost_segment || tcp.analysis.duplicate_ack || tcp.analysis.retransmission'
    expect(read(vector, ['frame.number'], wrong)).toEqual([])
    expect(read(vector, ['frame.number'], 'tcp.port == 179 && ip.dsfield == 0xc0').length).toBeGreaterThan(100)
  })
})

describe.runIf(hasTshark)('the sessions of a mesh', () => {
  it('open with OPEN and KEEPALIVE, one UPDATE and End-of-RIB each way', () => {
    // Types 1, 2 and 4: OPEN, UPDATE, KEEPALIVE; End-of-RIB is an UPDATE.
    expect(typesOf(read('mesh5', ['bgp.type'], 'bgp'))).toEqual({ '1': 20, '2': 40, '4': 20 })
  })

  it('have messages of the sizes that were captured of BIRD', () => {
    const sizes = new Set(read('mesh5', ['bgp.length'], 'bgp').flatMap(([list]) => list!.split(',')))
    // KEEPALIVE, End-of-RIB, UPDATE with two blocks, OPEN.
    expect([...sizes].toSorted()).toEqual(['19', '23', '62', '63'])
  })

  it('end with a NOTIFICATION where a speaker is shut down: Cease, administrative shutdown', () => {
    expect(read('mesh5_term', ['bgp.notify.major_error', 'bgp.notify.minor_error_cease'], 'bgp.type == 3')).toEqual(Array.from({ length: 4 }, () => ['6', '2']))
  })
})

it.runIf(hasTshark)('direct sessions with switches have TTL 1, those of a mesh 64', () => {
  expect(new Set(read('rack8', ['ip.ttl'], 'bgp').flat())).toEqual(new Set(['1']))
  expect(new Set(read('mesh5', ['ip.ttl'], 'bgp').flat())).toEqual(new Set(['64']))
})
