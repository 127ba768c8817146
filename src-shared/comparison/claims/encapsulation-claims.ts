import type { WayFacts } from '../../contract/comparison'
import { builtVariants, type BuiltVariant, type Compared } from '../compared'
import { carriersOf, isEncrypted, overheadBytes, WAY_NAMES, waysBetweenNodes } from '../read-way'
import { grouped, verdictOver, type Claim, type Finding } from './claim'

/** A way between nodes of a variant. */
interface VariantWay {
  readonly variant: string
  readonly cni: BuiltVariant['facts']['cni']
  readonly way: WayFacts
}

function ways(variants: readonly BuiltVariant[]): VariantWay[] {
  return variants.flatMap(({ name, facts }) => waysBetweenNodes(facts).map((way) => ({ variant: name, cni: facts.cni, way })))
}

function waysIn(compared: Compared, carrier: string): VariantWay[] {
  return ways(builtVariants(compared)).filter(({ way: { request } }) => carriersOf(request).join(' ') === carrier)
}

/** What is around packets between nodes, told once of variants and kinds of ways that do the same. */
function bytesTexts(found: readonly VariantWay[]): string[] {
  const texts = found.map((each) => ({ ...each, text: bytesText(each.way) }))
  return grouped(texts.map(({ variant, way, text }) => {
    const isSameAll = texts.every((other) => other.variant !== variant || other.text === text)
    return [isSameAll ? variant : `${variant} between ${WAY_NAMES[way.kind]}`, text] as const
  }).filter(([name, text], index, all) => all.findIndex(([other, same]) => other === name && same === text) === index))
}

function bytesText({ request }: WayFacts): string {
  const around = overheadBytes(request) === 0 ? 'the packet as the pod sent it' : `${overheadBytes(request)} B of ${carriersOf(request).join(' in ')} around a packet between nodes`
  return `${around}, ${request.wireBytes} B on the wire.`
}

/** Claims about what is put around packets. */
export const ENCAPSULATION_CLAIMS: readonly Claim[] = [
  {
    id: 'ipip-no-overlay',
    claim: 'IPIP needs no overlay.',
    check: (compared) => {
      const found = waysIn(compared, 'IPIP')
      return found.length === 0 ? null : { verdict: 'fails', evidence: bytesTexts(found).map((text) => `${text} That is an overlay.`) }
    },
    turns: 'Its header is smaller than VXLAN’s (20 B against 50 B) and needs no FDB or VNI. Only within a subnet, with CrossSubnet, do packets go as they are; VXLAN has the same mode. The network must let IP protocol 4 pass.',
    toShow: 'Add a Calico variant with ipipMode: Always, and two pods on different nodes.',
  },
  {
    id: 'calico-never-encapsulates',
    claim: 'Calico never encapsulates.',
    check: (compared) => {
      const found = ways(builtVariants(compared).filter(({ facts }) => facts.cni === 'calico'))
      if (found.length === 0) return null
      const verdict = found.some(({ way }) => carriersOf(way.request).length > 0) ? 'fails' : 'holds'
      return { verdict, evidence: bytesTexts(found) }
    },
    turns: 'It holds for pools whose modes are both Never, where the fabric knows the pods’ routes, and within a subnet for CrossSubnet. What ships encapsulates: the manifest IPIP always, the operator’s quick start VXLAN across subnets.',
    toShow: 'Add a Calico variant, and two pods on different nodes.',
  },
  {
    id: 'cilium-default-vxlan',
    claim: 'Cilium tunnels in VXLAN by default; Geneve and native routing are there too.',
    check: checkCiliumDefault,
    turns: 'Installations on clouds often choose native routing; it needs a pod CIDR that the network routes, and autoDirectNodeRoutes within one subnet or BGP beyond.',
    toShow: 'Add a Cilium variant without settings, and two pods on different nodes.',
  },
  {
    id: 'geneve-larger',
    claim: 'Geneve is larger than VXLAN.',
    check: (compared) => {
      const [vxlan, geneve] = ['VXLAN', 'Geneve'].map((carrier) => waysIn(compared, carrier).find(({ cni }) => cni === 'cilium'))
      if (vxlan === undefined || geneve === undefined) return null
      const verdict = overheadBytes(geneve.way.request) > overheadBytes(vxlan.way.request) ? 'holds' : 'fails'
      return { verdict, evidence: bytesTexts([vxlan, geneve]) }
    },
    turns: 'Both headers have 8 B. Options come on top of Geneve’s, as Cilium’s DSR through Geneve adds them.',
    toShow: 'Add two Cilium variants, with tunnelProtocol: vxlan and geneve.',
  },
  {
    id: 'wireguard-on-vxlan',
    claim: 'WireGuard comes on top of VXLAN.',
    check: (compared) => {
      const encrypted = ways(builtVariants(compared)).filter(({ way: { request } }) => carriersOf(request).includes('WireGuard'))
      if (encrypted.length === 0) return null
      const holds = encrypted.map(({ way: { request } }) => carriersOf(request).length > 1)
      return { verdict: verdictOver(holds), evidence: bytesTexts(encrypted) }
    },
    turns: 'Calico’s WireGuard takes the place of the tunnel. Cilium’s comes on top in tunnel mode and alone with native routing.',
    toShow: 'Add variants with WireGuard: Calico’s wireguardEnabled, Cilium’s encryption with type wireguard.',
  },
  {
    id: 'same-node-encrypted',
    claim: 'Encryption covers what pods of one node send each other.',
    check: checkSameNode,
    turns: 'Neither Calico nor Cilium encrypts within a node: there is no wire. Protecting it takes TLS between the pods.',
    toShow: 'Add a variant with WireGuard or IPsec, and two pods on one node beside one on another.',
  },
]

function checkCiliumDefault(compared: Compared): Finding | null {
  const cilium = builtVariants(compared).filter(({ facts }) => facts.cni === 'cilium')
  const defaults = ways(cilium.filter(({ facts }) => facts.isDefault))
  if (defaults.length === 0) return null
  const others = ways(cilium.filter(({ facts }) => !facts.isDefault))
  const verdict = defaults.every(({ way }) => carriersOf(way.request).join(' ') === 'VXLAN') ? 'holds' : 'fails'
  return { verdict, evidence: bytesTexts([...defaults, ...others]) }
}

function checkSameNode(compared: Compared): Finding | null {
  const isHidden = ({ request }: WayFacts): boolean => isEncrypted(request)
  const found = builtVariants(compared).flatMap(({ name, facts }) => {
    const local = facts.ways.find(({ kind }) => kind === 'one-node')
    return local !== undefined && waysBetweenNodes(facts).some(isHidden) ? [{ name, local }] : []
  })
  if (found.length === 0) return null
  return {
    verdict: found.every(({ local }) => isHidden(local)) ? 'holds' : 'fails',
    evidence: grouped(found.map(({ name, local }) => [name, `${local.from} → ${local.to} ${isHidden(local) ? 'is' : 'is not'} encrypted on its node; between nodes it is.`] as const)),
  }
}
