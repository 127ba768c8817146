const PCAP_HEADER = 24
const RECORD_HEADER = 16
const ETHERNET_HEADER = 14
const BGP_PORT = 179

/** What one end of a TCP connection sent, put together. */
interface Stream {
  readonly key: string
  readonly bytes: Buffer
}

/** The streams of BGP in a capture of Ethernet frames (pcap, little endian), in the order they begin. */
export function bgpStreams(capture: Buffer): Stream[] {
  const streams = new Map<string, { next: number; parts: Buffer[] }>()
  for (const { ip, tcp } of tcpSegments(capture)) {
    const ports = [tcp.readUInt16BE(0), tcp.readUInt16BE(2)]
    const payload = tcp.subarray((tcp[12]! >> 4) * 4)
    if (!ports.includes(BGP_PORT) || payload.length === 0) continue
    const key = `${ip.subarray(12, 20).toString('hex')} ${ports.join(' ')}`
    const sequence = tcp.readUInt32BE(4)
    const stream = streams.get(key) ?? { next: sequence, parts: [] }
    streams.set(key, stream)
    // A bridge shows a frame once per port: repeats are passed over.
    if (sequence !== stream.next) continue
    stream.parts.push(payload)
    stream.next = (sequence + payload.length) >>> 0
  }
  return Array.from(streams, ([key, { parts }]) => ({ key, bytes: Buffer.concat(parts) }))
}

function* tcpSegments(capture: Buffer): Generator<{ ip: Buffer; tcp: Buffer }> {
  for (let at = PCAP_HEADER; at < capture.length; ) {
    const length = capture.readUInt32LE(at + 8)
    const frame = capture.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length)
    at += RECORD_HEADER + length
    const ip = frame.subarray(ETHERNET_HEADER)
    if (frame.readUInt16BE(12) !== 0x0800 || ip[9] !== 6) continue
    yield { ip, tcp: ip.subarray((ip[0]! & 0xf) * 4, ip.readUInt16BE(2)) }
  }
}
