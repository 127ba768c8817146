import type { Variant } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'

import { step, type Connection, type Path, type Step, type Trip } from '../cni/common/index'

/** Where a connection to a service gets its backend: in kube-proxy's chains, in a program on its packets, or at connect(). */
type ServiceWay = 'netfilter' | 'bpf-packet' | 'bpf-connect'

/** A service on a connection's way. */
export interface ServiceOnWay {
  readonly address: Ipv4Address
  readonly way: ServiceWay
  /** Rules that the first packet is tried against. */
  readonly rules: number
}

/** Programs that see a pod's packets first on their way out, and last on their way in. */
const FROM_POD: readonly Step['stage'][] = ['bpf-from-container', 'bpf-from-workload']
const TO_POD: readonly Step['stage'][] = [
  'bpf-to-container', 'bpf-to-workload', 'bpf-from-tunnel', 'bpf-from-host-endpoint', 'bpf-from-workload',
]

/**
 * How a variant finds backends. Cilium looks into its service map at connect() where it replaces kube-proxy, else on every
 * packet of pods; what nodes send is then kube-proxy's. Calico's eBPF data plane takes TCP at connect()
 * (`bpfConnectTimeLoadBalancing: TCP`), the rest on packets.
 */
export function serviceWay(variant: Variant, client: 'pod' | 'node' | 'external', transport: 'tcp' | 'udp' | 'icmp'): ServiceWay {
  if (variant.cni === 'cilium') {
    if (isOn(variant.settings.kubeProxyReplacement)) return 'bpf-connect'
    return client === 'pod' ? 'bpf-packet' : 'netfilter'
  }
  if (variant.cni !== 'calico' || !variant.settings.felixConfiguration.bpfEnabled) return 'netfilter'
  return transport === 'tcp' || client !== 'pod' ? 'bpf-connect' : 'bpf-packet'
}

function isOn(value: unknown): boolean {
  return value === true || value === 'true'
}

/** Puts a service on connections. Paths that come out equal are the same object, so that they make one program. */
export class ServiceSteps {
  private readonly known = new Map<Path, Map<string, Path>>()

  /** The connection of a client that asked for a service's address; it is to the backend otherwise. */
  through(connection: Connection, service: ServiceOnWay): Connection {
    const { forward, reverse } = connection
    const { address, way, rules } = service
    const key = `${way} ${rules}`
    if (way === 'bpf-connect') {
      const transmit = this.remember(forward.transmit, key, (path) => atConnect(path))
      return { ...connection, forward: { ...forward, transmit } }
    }
    const translating = way === 'netfilter' ? netfilterOut : programOut
    const back = way === 'netfilter' ? netfilterBack : programBack
    const out: Trip = {
      ...forward,
      transmit: this.remember(forward.transmit, key, (path) => translating(path, rules)),
      addresses: { ...forward.addresses, destination: address },
    }
    const home = reverse.receive ?? reverse.transmit
    const answered = this.remember(home, `${way} back`, back)
    return {
      ...connection,
      serverAddress: address,
      forward: out,
      reverse: {
        ...reverse,
        ...(reverse.receive === undefined ? { transmit: answered } : { receive: answered }),
        translated: { ...reverse.translated, source: address },
      },
    }
  }

  private remember(path: Path, key: string, change: (path: Path) => Path): Path {
    const variants = this.known.get(path) ?? new Map<string, Path>()
    this.known.set(path, variants)
    const changed = variants.get(key) ?? change(path)
    variants.set(key, changed)
    return changed
  }
}

function atConnect(path: Path): Path {
  const [first, ...others] = path
  return [{ ...first!, steps: [step('bpf-connect', first!.steps[0]!.device), ...first!.steps] }, ...others]
}

function translation(device: string): Step {
  return { ...step('nf-nat', device, 'translate'), changes: ['translate'] }
}

/** kube-proxy's chains in PREROUTING or OUTPUT; a stack without rules of a plugin has them behind the IP layer. */
function netfilterOut(path: Path, rules: number): Path {
  const chains = (device: string): Step[] => [{ ...step('nf-service', device), times: rules }, translation(device)]
  return (
    replaced(path, 'first', ['nf-nat'], (found) => chains(found.device)) ??
    replaced(path, 'first', ['ip-output'], (found) => [found, ...chains(found.device)]) ??
    path
  )
}

/** Connection tracking gives answers the service's address again. */
function netfilterBack(path: Path): Path {
  return (
    replaced(path, 'last', ['nf-nat'], ({ device }) => [translation(device)]) ??
    replaced(path, 'last', ['ip-local-deliver'], (found) => [translation(found.device), found]) ??
    path
  )
}

function programOut(path: Path): Path {
  return replaced(path, 'first', FROM_POD, (found) => [found, lookUp(found)]) ?? path
}

function programBack(path: Path): Path {
  return replaced(path, 'last', TO_POD, (found) => [found, lookUp(found)]) ?? path
}

function lookUp({ device }: Step): Step {
  return { ...step('bpf-service', device), changes: ['translate'] }
}

/** The path with other steps in place of the first or last of some stages; undefined where it has none of them. */
function replaced(
  path: Path,
  which: 'first' | 'last',
  stages: readonly Step['stage'][],
  instead: (found: Step) => readonly Step[],
): Path | undefined {
  const places = path.flatMap(({ steps }, pass) =>
    steps.flatMap((candidate, index) => (candidate.outer !== true && stages.includes(candidate.stage) ? [{ pass, index }] : [])),
  )
  const place = which === 'first' ? places[0] : places.at(-1)
  if (place === undefined) return undefined
  return path.map((pass, index) =>
    index === place.pass ? { ...pass, steps: pass.steps.flatMap((candidate, at) => (at === place.index ? instead(candidate) : [candidate])) } : pass,
  )
}
