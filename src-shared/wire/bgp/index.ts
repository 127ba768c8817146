export { decodeBgpMessages, encodeBgpMessage, type BgpCodecOptions } from './codec'
export {
  BGP_CEASE,
  BGP_ERROR,
  BGP_HEADER_BYTES,
  BGP_MAX_BYTES,
  BGP_ORIGIN,
  BGP_PORT,
  BgpMessageError,
  type AsPathSegment,
  type BgpAttributes,
  type BgpCapability,
  type BgpMessage,
  type BgpNotification,
  type BgpOpen,
  type BgpRoute,
  type BgpUpdate,
} from './message'
