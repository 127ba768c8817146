import { describe, expect, test } from 'vitest'

import { foundFrames, frameLine } from '#renderer/packets/capture/found-frames'

import { framesOfHex } from '../support/captured-frames'

/** UDP 10.0.0.1:40000 → 10.0.0.2:53, an echo request 10.0.0.1 → 10.0.0.3, and TCP's SYN 10.0.0.1:40000 → 10.0.0.2:80. */
const frames = framesOfHex([
  '4500002000014000401100000a0000010a0000029c400035000c000041424344',
  '4500001c00014000400100000a0000010a00000308000000000100050000'.slice(0, 56),
  '4500002800014000400600000a0000010a0000029c40005000000001000000005002fa0000000000',
])

describe('the list of frames', () => {
  test('says who talks to whom in what', () => {
    expect(frameLine(frames, 0)).toMatchObject({ source: '10.0.0.1', destination: '10.0.0.2', protocol: 'UDP', info: '40000 → 53', length: 32, time: '0.000000000' })
    expect(frameLine(frames, 1)).toMatchObject({ protocol: 'ICMP', info: 'echo request, number 5', destination: '10.0.0.3' })
    expect(frameLine(frames, 2)).toMatchObject({ protocol: 'TCP', info: '40000 → 80 [SYN] seq 1 ack 0', interface: 'node-1/tunl0' })
  })

  test.each([
    ['', [0, 1, 2], 'nothing'],
    ['tcp', [2], 'filter'],
    ['host 10.0.0.3 or port 53', [0, 1], 'filter'],
    ['10.0.0.3', [1], 'text'],
    ['SYN', [2], 'text'],
    ['bulk', [0, 1, 2], 'text'],
    ['nothing like it', [], 'text'],
  ] as const)('finds by %j', (search, numbers, read) => {
    expect(foundFrames(frames, search)).toEqual({ numbers, read })
  })
})
