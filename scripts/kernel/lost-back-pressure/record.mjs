/**
 * Records what a TCP stream meets whose packets the host's IP stack orphans: `node
 * scripts/kernel/lost-back-pressure/record.mjs OUT.json`. See README.md.
 */
import { writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { PodAndPeer } from './namespaces.mjs'

/** @typedef {import('./namespaces.mjs').Setup} Setup */

const RUNS = 3
const SECONDS = 4
/** Bytes of a segment, with timestamps. */
const MSS = 1448
/** Until the server listens, and between runs. */
const PAUSE_MS = 500

/** @type {Omit<Setup, 'path'>} */
const apart = { queues: 2, queueMbps: 2000, turns: 'bursts', threadCpu: 0, ackCpu: 1 }
/** @type {Omit<Setup, 'path'>} */
const packetwise = { ...apart, queueMbps: 300, turns: 'packets' }
/** @type {Record<string, Setup>} */
const setups = {
  routed: { ...apart, path: 'routed' },
  redirected: { ...apart, path: 'redirected' },
  host: { ...apart, path: 'host' },
  'routed, thread on the core of acknowledgements': { ...apart, path: 'routed', threadCpu: apart.ackCpu },
  'routed, one queue': { ...apart, path: 'routed', queues: 1 },
  'routed, packet by packet': { ...packetwise, path: 'routed' },
  'redirected, packet by packet': { ...packetwise, path: 'redirected' },
}

const [output] = process.argv.slice(2)
if (output === undefined) {
  process.stderr.write('Use: node scripts/kernel/lost-back-pressure/record.mjs OUT.json\n')
  process.exit(1)
}
const cases = []
for (const [name, setup] of Object.entries(setups)) {
  const runs = []
  for (let run = 0; run < RUNS; run++) runs.push(await recorded(setup))
  cases.push({ name, ...setup, runs })
}
const source = `Linux ${release()}, recorded on ${new Date().toISOString().slice(0, 10)} by scripts/kernel/lost-back-pressure/record.mjs`
writeFileSync(output, `${JSON.stringify({ schema: 'cnilab/lost-back-pressure/v1', source, seconds: SECONDS, cases }, null, 1)}\n`)

/** @param {Setup} setup */
async function recorded(setup) {
  const lab = new PodAndPeer(setup)
  try {
    lab.create()
    const server = lab.serve()
    await sleep(PAUSE_MS)
    const { end } = lab.send(SECONDS)
    server.kill()
    const sender = lab.counters(lab.sender())
    const receiver = lab.counters('peer')
    const [{ sender: stream }] = end.streams
    return {
      segments: Math.round(end.sum_received.bytes / MSS),
      maxCwndBytes: stream.max_snd_cwnd,
      meanRttUs: stream.mean_rtt,
      retransmitted: sender.TcpRetransSegs,
      duplicatesReported: sender.TcpExtTCPDSACKRecvSegs,
      recoveries: sender.TcpExtTCPSackRecovery,
      undone: (sender.TcpExtTCPDSACKUndo ?? 0) + (sender.TcpExtTCPFullUndo ?? 0) + (sender.TcpExtTCPPartialUndo ?? 0),
      reorderings: sender.TcpExtTCPSACKReorder,
      timeouts: sender.TcpExtTCPTimeouts,
      corked: sender.TcpExtTCPAutoCorking,
      receivedPackets: receiver.TcpInSegs,
      outOfOrder: receiver.TcpExtTCPOFOQueue,
      acknowledgements: receiver.TcpOutSegs,
      ...lab.queues(),
    }
  } finally {
    lab.remove()
    await sleep(PAUSE_MS)
  }
}
