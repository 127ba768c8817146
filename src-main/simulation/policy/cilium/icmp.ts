import type { FieldReader } from '../../kubernetes/field-reader'

/** An ICMP type of a family. */
export interface CiliumIcmp {
  readonly protocol: number
  readonly type: number
}

const MOST_FIELDS = 40
const ICMP_V4 = 1
const ICMP_V6 = 58
const HIGHEST_TYPE = 255

/** Types that a rule may name (pkg/policy/api/icmp.go), by family. */
const TYPES: Readonly<Record<'IPv4' | 'IPv6', Readonly<Record<string, number>>>> = {
  IPv4: {
    EchoReply: 0, DestinationUnreachable: 3, Redirect: 5, Echo: 8, EchoRequest: 8, RouterAdvertisement: 9, RouterSelection: 10,
    TimeExceeded: 11, ParameterProblem: 12, Timestamp: 13, TimestampReply: 14, Photuris: 40, ExtendedEchoRequest: 42,
    ExtendedEchoReply: 43,
  },
  IPv6: {
    DestinationUnreachable: 1, PacketTooBig: 2, TimeExceeded: 3, ParameterProblem: 4, EchoRequest: 128, EchoReply: 129,
    MulticastListenerQuery: 130, MulticastListenerReport: 131, MulticastListenerDone: 132, RouterSolicitation: 133,
    RouterAdvertisement: 134, NeighborSolicitation: 135, NeighborAdvertisement: 136, RedirectMessage: 137,
    RouterRenumbering: 138, ICMPNodeInformationQuery: 139, ICMPNodeInformationResponse: 140,
    InverseNeighborDiscoverySolicitation: 141, InverseNeighborDiscoveryAdvertisement: 142,
    HomeAgentAddressDiscoveryRequest: 144, HomeAgentAddressDiscoveryReply: 145, MobilePrefixSolicitation: 146,
    MobilePrefixAdvertisement: 147, DuplicateAddressRequestCodeSuffix: 157, DuplicateAddressConfirmationCodeSuffix: 158,
    ExtendedEchoRequest: 160, ExtendedEchoReply: 161,
  },
}

/** Reads an entry of `icmps`. */
export function readIcmpRule(fields: FieldReader): CiliumIcmp[] {
  const list = fields.objects('fields', readField) ?? []
  if (list.length > MOST_FIELDS) fields.at('fields').invalid(list.length, `too many types, the max is ${MOST_FIELDS}`)
  return list
}

function readField(fields: FieldReader): CiliumIcmp {
  const family = fields.choice('family', ['IPv4', 'IPv6']) ?? 'IPv4'
  const given = fields.integerOrString('type')
  if (given === undefined) fields.at('type').required()
  const type = Number(TYPES[family][given ?? ''] ?? given)
  const isType = Number.isInteger(type) && type >= 0 && type <= HIGHEST_TYPE
  if (given !== undefined && !isType) fields.at('type').invalid(given, `must be a type of ICMP for ${family}`)
  return { protocol: family === 'IPv6' ? ICMP_V6 : ICMP_V4, type: isType ? type : -1 }
}
