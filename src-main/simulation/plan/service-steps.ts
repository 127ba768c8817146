import type { Variant } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'

import { clientBehind, fromFrontend, step, toBackend, upTo, type Connection, type Entrance, type Path, type Step, type Translation } from '../cni/common/index'
import type { Frontend } from '../services/index'
import { PathEdits, replaced } from './path-edit'

/** Where a connection to a service gets its backend: in kube-proxy's chains, in a program on its packets, or at connect(). */
type ServiceWay = 'netfilter' | 'bpf-packet' | 'bpf-connect'

/** A service on a connection's way. */
export interface ServiceOnWay {
  /** Where the client asks. */
  readonly frontend: Frontend
  readonly backend: { readonly address: Ipv4Address; readonly port: number }
  readonly way: ServiceWay
  /** Rules that the first packet is tried against. */
  readonly rules: number
  /** The address in place of the client's behind the node that translates; undefined where the client's stays. */
  readonly seenAs: Ipv4Address | undefined
}

/** Programs that see a pod's packets first on their way out, and last on their way in. */
const FROM_POD: readonly Step['stage'][] = ['bpf-from-container', 'bpf-from-workload']
const TO_POD: readonly Step['stage'][] = [
  'bpf-to-container', 'bpf-to-workload', 'bpf-from-tunnel', 'bpf-from-host-endpoint', 'bpf-from-workload',
]

/** Whether programs stand in for kube-proxy: Cilium's where it replaces it, Calico's eBPF data plane. */
export function translatesInPrograms(variant: Variant): boolean {
  if (variant.cni === 'cilium') return isOn(variant.settings.kubeProxyReplacement)
  return variant.cni === 'calico' && variant.settings.felixConfiguration.bpfEnabled
}

/**
 * How a variant finds backends for what begins inside the cluster. Cilium looks into its service map at connect() where it
 * replaces kube-proxy, else on every packet of pods; what nodes send is then kube-proxy's. Calico's eBPF data plane takes TCP
 * at connect() (`bpfConnectTimeLoadBalancing: TCP`), the rest on packets.
 */
export function serviceWay(variant: Variant, client: 'pod' | 'node' | 'external', transport: 'tcp' | 'udp' | 'icmp'): ServiceWay {
  if (variant.cni === 'cilium') {
    if (translatesInPrograms(variant)) return 'bpf-connect'
    return client === 'pod' ? 'bpf-packet' : 'netfilter'
  }
  if (!translatesInPrograms(variant)) return 'netfilter'
  return transport === 'tcp' || client !== 'pod' ? 'bpf-connect' : 'bpf-packet'
}

function isOn(value: unknown): boolean {
  return value === true || value === 'true'
}

/** Puts services on connections. */
export class ServiceSteps {
  private readonly edits = new PathEdits()

  /** The connection of a client that asked for a service's address on its own node; it is to the backend otherwise. */
  through(connection: Connection, service: ServiceOnWay): Connection {
    const { forward, reverse } = connection
    const { frontend, way, rules } = service
    if (way === 'bpf-connect') {
      return { ...connection, forward: { ...forward, transmit: this.edits.edit(forward.transmit, way, atConnect) } }
    }
    const translating = way === 'netfilter' ? netfilterOut : programOut
    const back = way === 'netfilter' ? netfilterBack : programBack
    const home = reverse.receive ?? reverse.transmit
    const answered = this.edits.edit(home, `${way} back`, back)
    return {
      ...connection,
      serverAddress: frontend.address,
      forward: {
        ...forward,
        transmit: this.edits.edit(forward.transmit, `${way} ${rules}`, (path) => translating(path, rules)),
        addresses: { ...forward.addresses, destination: frontend.address },
        translations: [toBackend(service), ...forward.translations],
      },
      reverse: {
        ...reverse,
        ...(reverse.receive === undefined ? { transmit: answered } : { receive: answered }),
        translations: withAnswer(home, answered, reverse.translations, fromFrontend(service)),
      },
    }
  }

  /**
   * The connection of a pod that is its own backend. Both ways lead out of the pod and back into it; the source is not the pod's,
   * or it would answer itself straight away (KUBE-SEP's mark for masquerading; Cilium: lb4_xlate, svc loopback). `endsBefore`: the
   * stage that packets do not get to.
   */
  around(connection: Connection, service: ServiceOnWay, endsBefore?: Step['stage']): Connection {
    const { forward, reverse } = connection
    const { frontend, way, rules } = service
    const pod = forward.addresses.source
    const seenAs = service.seenAs ?? pod
    const [there, back] =
      way === 'netfilter'
        ? [(path: Path) => leavingTranslated(netfilterOut(path, rules), true), (path: Path) => leavingTranslated(arrivingTranslated(path))]
        : [programOut, programOut]
    // Connection tracking translates in two places, a program in one.
    const made = (...changes: Translation[]): Translation[] => (way === 'netfilter' ? changes : [Object.assign({}, ...changes) as Translation])
    return {
      ...connection,
      serverAddress: frontend.address,
      forward: {
        ...forward,
        transmit: this.edits.edit(forward.transmit, `around ${way} ${rules} ${endsBefore}`, (path) => (endsBefore === undefined ? there(path) : upTo(there(path), endsBefore, 'without'))),
        addresses: { source: pod, destination: frontend.address },
        translations: made(toBackend(service), { source: seenAs }),
      },
      reverse: {
        ...reverse,
        transmit: this.edits.edit(reverse.transmit, `around back ${way}`, back),
        addresses: { source: pod, destination: seenAs },
        translations: made({ destination: pod }, fromFrontend(service)),
      },
    }
  }

  /**
   * The ways of a connection that a node's kube-proxy translates when it arrives: to the backend before the node looks for a
   * route, to the node's own address when it leaves again (MASQUERADE). Answers go the same way and get both back.
   */
  atEntry({ outer, inner }: Entrance, service: ServiceOnWay): { readonly outer: Connection; readonly inner: Connection | undefined } {
    return inner === undefined ? { outer: this.local(outer, service), inner } : this.remote(outer, inner, service)
  }

  private local(outer: Connection, service: ServiceOnWay): Connection {
    const { frontend, backend, rules, seenAs } = service
    const { forward, reverse } = outer
    const masquerades = seenAs !== undefined
    const client = clientBehind(forward)
    const receive = this.edits.edit(forward.receive!, `entry ${rules} ${masquerades}`, (path) => {
      const chained = netfilterOut(path, rules)
      return masquerades ? leavingTranslated(chained, true) : chained
    })
    const transmit = this.edits.edit(reverse.transmit, `entry back ${masquerades}`, (path) => leavingTranslated(masquerades ? arrivingTranslated(path) : path))
    return {
      ...outer,
      serverAddress: frontend.address,
      forward: {
        ...forward,
        receive,
        addresses: { ...forward.addresses, destination: frontend.address },
        translations: [...forward.translations, toBackend(service), ...(masquerades ? [{ source: seenAs }] : [])],
      },
      reverse: {
        ...reverse,
        transmit,
        addresses: { source: backend.address, destination: seenAs ?? client },
        translations: [...(masquerades ? [{ destination: client }] : []), fromFrontend(service), ...reverse.translations],
      },
    }
  }

  private remote(outer: Connection, inner: Connection, service: ServiceOnWay): { outer: Connection; inner: Connection } {
    const { frontend, backend, rules, seenAs } = service
    const client = clientBehind(outer.forward)
    const edit = (path: Path, key: string, change: (path: Path) => Path) => this.edits.edit(path, key, change)
    return {
      outer: {
        ...outer,
        serverAddress: frontend.address,
        forward: {
          ...outer.forward,
          receive: edit(outer.forward.receive!, `entry ${rules}`, (path) => netfilterOut(path, rules)),
          addresses: { ...outer.forward.addresses, destination: frontend.address },
          translations: [...outer.forward.translations, toBackend(service)],
        },
        reverse: {
          ...outer.reverse,
          transmit: edit(outer.reverse.transmit, 'leaves', (path) => leavingTranslated(path)),
          addresses: { source: backend.address, destination: client },
          translations: [fromFrontend(service), ...outer.reverse.translations],
        },
      },
      inner: {
        ...inner,
        forward: {
          ...inner.forward,
          transmit: edit(inner.forward.transmit, `masquerades ${seenAs !== undefined}`, (path) => leavingTranslated(path, seenAs !== undefined)),
          addresses: { source: client, destination: backend.address },
          translations: [{ source: seenAs ?? client }],
        },
        reverse: {
          ...inner.reverse,
          receive: edit(inner.reverse.receive!, 'returns', arrivingTranslated),
          translations: [{ destination: client }],
        },
      },
    }
  }
}

/** The translations of an answer's way with the service's: one more, or made at once with the last that was there already. */
function withAnswer(before: Path, after: Path, translations: readonly Translation[], added: Translation): Translation[] {
  if (translationsOn(after) > translationsOn(before)) return [...translations, added]
  return [...translations.slice(0, -1), { ...translations.at(-1), ...added }]
}

function translationsOn(path: Path): number {
  return path.flatMap(({ steps }) => steps).filter(({ changes }) => changes?.includes('translate') === true).length
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
    replaced(path, 'first', ['ip-output', 'nf-conntrack'], (found) => [found, ...chains(found.device)]) ??
    replaced(path, 'first', ['ip-local-deliver'], (found) => [...chains(found.device), found]) ??
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

/** What arrives is translated back in PREROUTING. */
function arrivingTranslated(path: Path): Path {
  return (
    replaced(path, 'first', ['nf-nat'], ({ device }) => [translation(device)]) ??
    replaced(path, 'first', ['nf-conntrack'], (found) => [found, translation(found.device)]) ??
    path
  )
}

/**
 * What leaves is translated in POSTROUTING; a stack without a plugin's rules has it behind the IP layer. `masquerades`: to an
 * address of the node's, of which the connection needs a port.
 */
function leavingTranslated(path: Path, masquerades = false): Path {
  const made = (device: string): Step => (masquerades ? { ...translation(device), masquerades } : translation(device))
  const behind = (stage: Step['stage']) => replaced(path, 'first', [stage], (found) => [found, made(found.device)])
  return behind('nf-postrouting') ?? behind('ip-forward') ?? behind('ip-output') ?? path
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
