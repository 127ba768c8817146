import packets from '../fixture/wire/packets.json'

/** The bytes of a frame of `packets.json`. Throws where there is none of that name. */
export function fixtureFrame(name: string): Uint8Array {
  const packet = packets.find((candidate) => candidate.name === name)
  if (packet === undefined) throw new Error(`No frame ${name} in packets.json`)
  return Uint8Array.from(packet.hex.match(/../gu)!, (byte) => parseInt(byte, 16))
}
