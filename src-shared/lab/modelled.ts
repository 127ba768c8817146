import type { Fault } from './record/fault'
import type { CongestionControl, TrafficEndKind, TrafficKind, TrafficOption } from './record/traffic'
import type { CniName } from './record/variant'

/*
 * What is simulated today. Everything else that a lab file can say is refused by name (`not-modelled`), never ignored.
 * A new model adds a line here.
 */

/** Plugins with a model. */
export const MODELLED_CNIS: readonly CniName[] = ['none', 'calico', 'cilium']

/**
 * Values of settings that are modelled beside the plugin's own default, by the setting's path below `settings`:
 * any that the plugin takes, or those listed.
 */
export const MODELLED_SETTINGS: Readonly<Record<CniName, Readonly<Record<string, 'any' | readonly unknown[]>>>> = {
  none: {},
  calico: {
    'ipPool.cidr': 'any',
    'ipPool.blockSize': 'any',
    'felixConfiguration.ipipMTU': 'any',
  },
  cilium: {
    MTU: 'any',
    tunnelPort: 'any',
    // Without BPF masquerading, host routing is legacy anyway (cilium/cilium, daemon: "BPF host routing requires …").
    'bpf.hostLegacyRouting': [true],
  },
  flannel: {},
}

/** Kinds of traffic with a model, and the optional fields that each heeds. */
export const MODELLED_TRAFFIC: Readonly<Partial<Record<TrafficKind, readonly TrafficOption[]>>> = {
  'tcp-stream': ['rate', 'payload', 'congestion', 'reverse', 'sendfile'],
  'udp-stream': ['rate', 'payload', 'arrivals'],
  'tcp-rr': ['request', 'response', 'congestion'],
}

/** Ends that traffic can have. */
export const MODELLED_ENDS: readonly TrafficEndKind[] = ['pod', 'workload', 'node', 'external']

/** Congestion controls with a model. */
export const MODELLED_CONGESTION: readonly CongestionControl[] = ['cubic', 'reno']

/** Kinds of Kubernetes, Calico and Cilium objects with a model. */
export const MODELLED_OBJECTS: readonly string[] = []

/** Kinds of faults with a model. */
export const MODELLED_FAULTS: readonly Fault['kind'][] = []
