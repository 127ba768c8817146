/** Part of a JSON Schema, as far as completion needs it. */
export interface FieldSchema {
  readonly type: 'object' | 'array' | 'string' | 'number' | 'boolean'
  /** What the field means. */
  readonly description?: string
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly items?: FieldSchema
  readonly enum?: readonly (string | number)[]
}

type Fields = Readonly<Record<string, FieldSchema>>

const text = (description: string): FieldSchema => ({ type: 'string', description })
const number = (description: string): FieldSchema => ({ type: 'number', description })
const flag = (description: string): FieldSchema => ({ type: 'boolean', description })
const oneOf = (values: readonly string[], description: string): FieldSchema => ({ type: 'string', enum: values, description })
const fields = (properties: Fields, description = ''): FieldSchema => ({ type: 'object', properties, ...(description === '' ? {} : { description }) })
const list = (items: FieldSchema, description: string): FieldSchema => ({ type: 'array', items, description })
const texts = (description: string): FieldSchema => list({ type: 'string' }, description)
const labels = (description: string): FieldSchema => ({ type: 'object', description })

const DIRECTIONS = ['Ingress', 'Egress']
const TRANSPORTS = ['TCP', 'UDP', 'SCTP']

const labelSelector = (description: string): FieldSchema => fields({
  matchLabels: labels('Labels that must all be there with these values'),
  matchExpressions: list(fields({
    key: text('Name of a label'),
    operator: oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'How the label and the values go together; NotIn and DoesNotExist also match where it is missing'),
    values: texts('For In and NotIn'),
  }), 'Conditions that must all hold'),
}, description)

const types = { type: 'array', items: { type: 'string', enum: DIRECTIONS } } as const

const networkPolicyPeer = fields({
  podSelector: labelSelector('Pods, of the policy’s own namespace unless namespaceSelector says otherwise; {} is all'),
  namespaceSelector: labelSelector('Namespaces; with podSelector both must match'),
  ipBlock: fields({ cidr: text('10.0.0.0/8'), except: texts('Parts of the range that do not count') }, 'A range of addresses'),
})

const networkPolicyRule = (side: 'from' | 'to'): FieldSchema => fields({
  [side]: list(networkPolicyPeer, 'Any of these; absent or empty: anybody'),
  ports: list(fields({
    port: text('A number, or the name of a container port'),
    endPort: number('Last port of a range'),
    protocol: oneOf(TRANSPORTS, 'TCP where absent'),
  }), 'Any of these; absent or empty: any port and protocol'),
})

const networkPolicy = fields({
  podSelector: labelSelector('The pods that it isolates; {} is all of the namespace'),
  policyTypes: { ...types, description: 'Ingress always and Egress where there are egress rules, where absent' },
  ingress: list(networkPolicyRule('from'), 'Who may connect to the pods; an empty list: nobody'),
  egress: list(networkPolicyRule('to'), 'Whom the pods may connect to; an empty list: nobody'),
})

const selectedPods = fields({
  namespaceSelector: labelSelector('Namespaces of the pods'), podSelector: labelSelector('Pods of these namespaces'),
}, 'Pods by namespace and labels')

const port = { start: number('First port'), end: number('Last port') }

/** Rules of administrators’ policies; v1alpha2 says Accept and protocols where v1alpha1 says Allow and ports. */
const administratorsRule = (side: 'from' | 'to', isNewest: boolean): FieldSchema => fields({
  name: text('For people'),
  action: oneOf([isNewest ? 'Accept' : 'Allow', 'Deny', 'Pass'], 'Pass leaves it to NetworkPolicies'),
  [side]: list(fields({
    namespaces: labelSelector('All pods of these namespaces'),
    pods: selectedPods,
    ...(side === 'to'
      ? { nodes: labelSelector('Nodes'), networks: texts('Ranges of addresses, pods’ among them'), domainNames: texts('Names, with Accept only') }
      : {}),
  }), 'Any of these, each of one kind'),
  ...(isNewest
    ? {
        protocols: list(fields({
          ...Object.fromEntries(TRANSPORTS.map((name) => [name.toLowerCase(), fields({
            destinationPort: fields({ number: number('A port'), range: fields(port, 'A range of ports') }),
          }, `${name}, at any port unless one is given`)])),
          destinationNamedPort: text('Name of a container port'),
        }), 'Any of these'),
      }
    : {
        ports: list(fields({
          portNumber: fields({ port: number('A port'), protocol: oneOf(TRANSPORTS, 'TCP where absent') }),
          portRange: fields({ ...port, protocol: oneOf(TRANSPORTS, 'TCP where absent') }),
          namedPort: text('Name of a container port'),
        }), 'Any of these'),
      }),
})

const administrators = (kind: 'cluster' | 'admin' | 'baseline'): FieldSchema => fields({
  ...(kind === 'cluster' ? { tier: oneOf(['Admin', 'Baseline'], 'Before or behind NetworkPolicies') } : {}),
  ...(kind === 'baseline' ? {} : { priority: number('0 to 1000, the lowest first') }),
  subject: fields({ namespaces: labelSelector('All pods of these namespaces'), pods: selectedPods }, 'What it applies to'),
  ingress: list(administratorsRule('from', kind === 'cluster'), 'Tried in order'),
  egress: list(administratorsRule('to', kind === 'cluster'), 'Tried in order'),
})

const calicoEntity = (description: string): FieldSchema => fields({
  selector: text("app == 'cart' && has(tier)"),
  notSelector: text('Ends that do not count'),
  namespaceSelector: text('Selects namespaces by their labels; all() is any, global() what is in none'),
  nets: texts('Ranges of addresses'),
  notNets: texts('Ranges that do not count'),
  ports: texts('Numbers, ranges 8000:8080 or names'),
  notPorts: texts('Ports that do not count'),
  serviceAccounts: fields({ names: texts('Names of service accounts'), selector: text('Selects them by their labels') }),
  services: fields({ name: text('A Service'), namespace: text('Its namespace') }),
}, description)

const icmp = (description: string): FieldSchema => fields({ type: number('0 to 254'), code: number('With a type only') }, description)

const calicoRule = fields({
  action: oneOf(['Allow', 'Deny', 'Log', 'Pass'], 'Log goes on with the next rule, Pass with the next tier'),
  protocol: oneOf([...TRANSPORTS, 'ICMP', 'ICMPv6', 'UDPLite'], 'Needed where there are ports'),
  notProtocol: oneOf([...TRANSPORTS, 'ICMP', 'ICMPv6', 'UDPLite'], 'A protocol that does not count'),
  ipVersion: { type: 'number', enum: [4, 6], description: 'Packets of this version only' },
  icmp: icmp('ICMP of a type'),
  notICMP: icmp('ICMP that does not count'),
  source: calicoEntity('Where connections come from'),
  destination: calicoEntity('Where they go to'),
  http: fields({
    methods: texts('GET, POST, …'), paths: list(fields({ exact: text('This path'), prefix: text('Paths that begin so') }), 'Any of these'),
  }, 'Requests; with Allow only'),
})

const calicoPolicy = (isGlobal: boolean, isStaged: boolean): FieldSchema => fields({
  ...(isStaged ? { stagedAction: oneOf(['Set', 'Delete', 'Learn', 'Ignore'], 'What enforcing it would do: set the policy of its name, or delete it') } : {}),
  tier: text('The tier that it is in; default where absent'),
  order: number('The lowest first; last where absent'),
  selector: text("What it applies to: app == 'cart'; all() where absent"),
  ...(isGlobal ? { namespaceSelector: text('Namespaces of the pods') } : {}),
  serviceAccountSelector: text('Service accounts of the pods'),
  types: { ...types, description: 'Directions; as there are rules where absent' },
  ingress: list(calicoRule, 'Tried in order'),
  egress: list(calicoRule, 'Tried in order'),
  ...(isGlobal
    ? {
        doNotTrack: flag('Before connections are tracked'), preDNAT: flag('Before destinations are translated'),
        applyOnForward: flag('For packets that hosts forward'),
      }
    : {}),
})

const ciliumEntities = [
  'all', 'world', 'world-ipv4', 'world-ipv6', 'cluster', 'host', 'remote-node', 'kube-apiserver', 'init', 'ingress', 'health', 'unmanaged', 'none',
]

const ciliumPorts = (direction: 'ingress' | 'egress'): FieldSchema => list(fields({
  ports: list(fields({
    port: text('A number in quotes, 0 for all, or a name'),
    endPort: number('Last port of a range'),
    protocol: oneOf(['ANY', ...TRANSPORTS], 'ANY where absent'),
  }), 'Any of these'),
  rules: fields({
    http: list(fields({
      method: text('An expression for the whole method'), path: text('An expression for the whole path'), host: text('An expression for the whole host'),
      headers: texts('Headers that must be there'),
    }), 'Any of these requests'),
    ...(direction === 'egress' ? { dns: list(fields({ matchName: text('A name'), matchPattern: text('*.example.com') }), 'Names that may be asked for') } : {}),
  }, 'Requests inside connections'),
}), 'Any of these; absent: any port')

const ciliumRule = (direction: 'ingress' | 'egress', isDeny: boolean): FieldSchema => {
  const side = direction === 'ingress' ? 'from' : 'to'
  return fields({
    [`${side}Endpoints`]: list(labelSelector('Pods; of the policy’s own namespace unless k8s:io.kubernetes.pod.namespace is named'), 'Any of these; an empty list selects nobody'),
    [`${side}Entities`]: list({ type: 'string', enum: ciliumEntities }, 'Classes of peers'),
    [`${side}CIDR`]: texts('Ranges outside the cluster'),
    [`${side}CIDRSet`]: list(fields({
      cidr: text('A range outside the cluster'), except: texts('Parts that do not count'), cidrGroupRef: text('A CiliumCIDRGroup'),
      cidrGroupSelector: labelSelector('CiliumCIDRGroups'),
    }), 'Any of these'),
    ...(direction === 'egress'
      ? {
          toFQDNs: list(fields({ matchName: text('A name'), matchPattern: text('*.example.com') }), 'Names whose addresses DNS told'),
          toServices: list(fields({
            k8sService: fields({ serviceName: text('A Service'), namespace: text('Its namespace') }),
            k8sServiceSelector: fields({ selector: labelSelector('Services'), namespace: text('Their namespace') }),
          }), 'Endpoints of Services'),
        }
      : {}),
    toPorts: ciliumPorts(direction),
    icmps: list(fields({ fields: list(fields({ type: text('A number or a name'), family: oneOf(['IPv4', 'IPv6'], 'IPv4 where absent') }), 'Any of these') }), 'Instead of toPorts'),
  }, isDeny ? 'Denied, whatever else allows it' : 'Allowed')
}

const ciliumPolicy = fields({
  endpointSelector: labelSelector('The pods that it applies to; {} is all'),
  description: text('For people'),
  enableDefaultDeny: fields({ ingress: flag('Whether what no rule allows is denied'), egress: flag('Whether what no rule allows is denied') }),
  ingress: list(ciliumRule('ingress', false), 'Who may connect to the pods'),
  ingressDeny: list(ciliumRule('ingress', true), 'Who may not'),
  egress: list(ciliumRule('egress', false), 'Whom the pods may connect to'),
  egressDeny: list(ciliumRule('egress', true), 'Whom they may not'),
})

const networkSet = fields({ nets: texts('Addresses and ranges') })

/** A kind of object that policies are made of. */
export interface PolicyKind {
  readonly apiVersion: string
  readonly kind: string
  readonly isNamespaced: boolean
  readonly spec: FieldSchema
}

const calico = (kind: string, isNamespaced: boolean, spec: FieldSchema): PolicyKind => ({ apiVersion: 'projectcalico.org/v3', kind, isNamespaced, spec })
const cilium = (kind: string, isNamespaced: boolean, spec: FieldSchema): PolicyKind => ({ apiVersion: 'cilium.io/v2', kind, isNamespaced, spec })

/**
 * The kinds of objects that policies are made of, with the fields that are read (networking.k8s.io/v1, policy.networking.k8s.io,
 * Calico 3.31, Cilium 1.19). What a value may be in detail is said by what reads it (`src-main/simulation/policy`).
 */
export const POLICY_KINDS: readonly PolicyKind[] = [
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', isNamespaced: true, spec: networkPolicy },
  { apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', isNamespaced: false, spec: administrators('cluster') },
  { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', isNamespaced: false, spec: administrators('admin') },
  { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'BaselineAdminNetworkPolicy', isNamespaced: false, spec: administrators('baseline') },
  calico('NetworkPolicy', true, calicoPolicy(false, false)),
  calico('GlobalNetworkPolicy', false, calicoPolicy(true, false)),
  calico('StagedNetworkPolicy', true, calicoPolicy(false, true)),
  calico('StagedGlobalNetworkPolicy', false, calicoPolicy(true, true)),
  calico('StagedKubernetesNetworkPolicy', true, fields({
    stagedAction: oneOf(['Set', 'Delete', 'Learn', 'Ignore'], 'What enforcing it would do'), ...networkPolicy.properties,
  })),
  calico('Tier', false, fields({ order: number('The lowest first'), defaultAction: oneOf(['Deny', 'Pass'], 'For what no policy of it decides; Deny where absent') })),
  calico('NetworkSet', true, networkSet),
  calico('GlobalNetworkSet', false, networkSet),
  cilium('CiliumNetworkPolicy', true, ciliumPolicy),
  cilium('CiliumClusterwideNetworkPolicy', false, ciliumPolicy),
  cilium('CiliumCIDRGroup', false, fields({ externalCIDRs: texts('Ranges outside the cluster') })),
]

/** The schema of a whole object of a kind. */
export function policySchema({ apiVersion, kind, isNamespaced, spec }: PolicyKind): FieldSchema {
  return fields({
    apiVersion: oneOf([apiVersion], 'Group and version of the API'),
    kind: oneOf([kind], 'What it is'),
    metadata: fields({
      name: text('Its name'), ...(isNamespaced ? { namespace: text('Its namespace; default where absent') } : {}), labels: labels('Its labels'),
    }),
    spec,
  })
}

/** The kind of an object by its apiVersion and kind; undefined where it is none that policies are made of. */
export function policyKindOf(apiVersion: string, kind: string): PolicyKind | undefined {
  const group = (version: string): string => version.split('/')[0]!.replace(/^crd\./u, '')
  const ofGroup = POLICY_KINDS.filter((known) => known.kind === kind && group(known.apiVersion) === group(apiVersion))
  return ofGroup.find((known) => known.apiVersion === apiVersion) ?? ofGroup[0]
}
