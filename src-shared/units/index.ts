export { bitsPerSecond, formatBitsPerSecond, parseBitsPerSecond, type BitsPerSecond } from './bits-per-second'
export type { Brand } from './brand'
export { BITS_PER_BYTE, bytes, formatBytes, parseBytes, type Bytes } from './bytes'
export { humanDuration, humanRate, humanShare, humanSize } from './human'
export {
  ipBlockContains,
  ipBlockCovers,
  parseIpAddress,
  parseIpBlock,
  singleAddress,
  type IpAddress,
  type IpBlock,
} from './ip-block'
export {
  formatIpv4Address,
  formatIpv4Interface,
  formatIpv4Prefix,
  ipv4Address,
  ipv4Prefix,
  ipv4PrefixContains,
  ipv4PrefixCovers,
  ipv4PrefixesOverlap,
  ipv4PrefixSize,
  nthIpv4Address,
  parseIpv4Address,
  parseIpv4Interface,
  parseIpv4Prefix,
  type Ipv4Address,
  type Ipv4Interface,
  type Ipv4Prefix,
} from './ipv4'
export { formatNanos, nanos, parseNanos, SECOND_NS, type Nanos } from './nanos'
export type { ParseResult, UnitError } from './parse-result'
export { formatQueueLimit, parseQueueLimit, type QueueLimit } from './queue-limit'
