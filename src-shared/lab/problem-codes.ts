/**
 * Every code a problem can have, with what it means. Codes are stable: scripts match on them. Severity belongs to the
 * code: an error keeps a lab from running, a warning means "check this before you trust the numbers".
 */
export const PROBLEM_CODES = {
  unreadable: { severity: 'error', meaning: "The file can't be opened or read." },
  'not-utf8': { severity: 'error', meaning: 'The file is not UTF-8 text.' },
  'too-large': { severity: 'error', meaning: 'The file is longer than 16 MiB.' },
  'too-deep': { severity: 'error', meaning: 'Values are nested more than 64 levels deep.' },
  'too-many-aliases': { severity: 'error', meaning: 'Aliases repeat too much content.' },
  'empty-file': { severity: 'error', meaning: 'The file holds no document.' },
  'several-documents': { severity: 'error', meaning: 'The file holds more than one document.' },
  'yaml-syntax': { severity: 'error', meaning: 'The file is not YAML 1.2.' },
  'yaml-tag': { severity: 'error', meaning: 'A value has a tag that a lab file does not use.' },
  'duplicate-key': { severity: 'error', meaning: 'A mapping has the same key twice.' },

  'unknown-version': { severity: 'error', meaning: 'The apiVersion is not one this app reads.' },
  'newer-version': { severity: 'error', meaning: 'The apiVersion is of a newer app than this one.' },
  'unknown-key': { severity: 'error', meaning: 'A key that has no meaning at its place.' },
  missing: { severity: 'error', meaning: 'A required value is not there.' },
  'wrong-type': { severity: 'error', meaning: 'A value of another type than its place takes.' },
  'wrong-value': {
    severity: 'error',
    meaning: 'A value that is not one of those allowed, or not of the form required.',
  },
  'wrong-unit': { severity: 'error', meaning: 'A quantity without a unit or with one of another kind.' },
  'not-finite': { severity: 'error', meaning: 'Infinity or not a number.' },
  negative: { severity: 'error', meaning: 'A quantity below zero.' },
  'not-whole': { severity: 'error', meaning: 'A fraction where only whole numbers make sense.' },
  'out-of-range': { severity: 'error', meaning: 'A number outside the range of its place.' },
  'mtu-out-of-range': { severity: 'error', meaning: 'An MTU outside 68 to 65535 bytes.' },
  'too-few-cores': { severity: 'error', meaning: 'A node with less than one core.' },
  'time-too-long': { severity: 'error', meaning: 'A time past 2^53 ns, about 104 days.' },
  'invalid-name': { severity: 'error', meaning: 'A name with characters or a length its kind does not allow.' },

  'duplicate-name': { severity: 'error', meaning: 'Two things of one kind have the same name.' },
  'duplicate-address': { severity: 'error', meaning: 'Two interfaces have the same address.' },
  'unknown-reference': { severity: 'error', meaning: 'A reference to what is not there.' },
  'self-link': { severity: 'error', meaning: 'A link from a switch to itself.' },
  'overlapping-cidrs': { severity: 'error', meaning: 'Two ranges of addresses that must be apart overlap.' },
  'address-outside-subnet': {
    severity: 'error',
    meaning: "An address that its switch's subnet does not hold, or no host may have.",
  },
  'subnet-full': { severity: 'error', meaning: 'More nodes on a switch than its subnet has addresses.' },
  'warmup-too-long': { severity: 'error', meaning: 'The warm-up does not end before the run.' },
  'never-active': {
    severity: 'error',
    meaning: 'Traffic or a fault that ends before it starts, or starts after the run.',
  },
  'not-applicable': { severity: 'error', meaning: 'A field without meaning for the kind of its record.' },
  'ambiguous-end': { severity: 'error', meaning: 'An end of traffic that names nothing, or several things.' },
  'no-path': { severity: 'error', meaning: 'Traffic between ends that no links connect.' },
  'too-many-replicas': { severity: 'error', meaning: 'More pods than the pod CIDR has addresses.' },
  'no-node-for-pods': { severity: 'error', meaning: 'Pods that no node can take.' },
  'manifest-outside-folder': { severity: 'error', meaning: "A manifest path that leads outside the lab's folder." },
  'two-encapsulations': { severity: 'error', meaning: 'Settings that ask for two encapsulations at once.' },
  'unknown-setting': { severity: 'error', meaning: 'A key that is not a setting of the plugin.' },
  'refused-setting': {
    severity: 'error',
    meaning: 'A value that the plugin refuses for a setting, or beside another.',
  },
  'invalid-object': { severity: 'error', meaning: 'An object that the API server refuses.' },
  'not-modelled': { severity: 'error', meaning: 'Valid, but not simulated yet.' },

  'cut-text': { severity: 'warning', meaning: 'A text without quotes in brackets, which ends at its first comma.' },
  'unlinked-switch': { severity: 'warning', meaning: 'A switch that nothing is linked to.' },
  'node-pod-limit': { severity: 'warning', meaning: 'A node with more pods than a kubelet starts by default (110).' },
  'node-block-limit': { severity: 'warning', meaning: 'A node with more pods than its blocks of addresses hold.' },
  'unused-object': { severity: 'warning', meaning: 'An object that changes nothing here.' },
  'selects-nothing': { severity: 'warning', meaning: 'A selector that matches no pod.' },
  'shadowed-rule': { severity: 'warning', meaning: 'A rule of a policy that never decides, for others always decide before it.' },
  'redundant-rule': { severity: 'warning', meaning: 'A rule of a policy without which others would decide the same.' },
  'mtu-beyond-path': { severity: 'warning', meaning: 'Packets with their headers larger than something on their way carries.' },
  'rate-beyond-path': { severity: 'warning', meaning: 'Traffic of a rate that no link on its way carries.' },
  'port-not-open': { severity: 'warning', meaning: 'Traffic to a port that its pods do not say they listen on.' },
  'as-conflict': { severity: 'warning', meaning: 'AS numbers with which BGP does not bring the routes around.' },
  'cidr-too-small': { severity: 'warning', meaning: 'A range that does not give every node its block.' },
  'no-route-back': { severity: 'warning', meaning: 'Routes to pods that end at a subnet, with nodes in several.' },
  'stale-view': { severity: 'warning', meaning: 'A position on the canvas of something that is not there.' },
} as const satisfies Record<string, { severity: 'error' | 'warning'; meaning: string }>

/** The code of a problem: a key of `PROBLEM_CODES`. */
export type ProblemCode = keyof typeof PROBLEM_CODES
