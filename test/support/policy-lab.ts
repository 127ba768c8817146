/** A lab of three workloads in two namespaces, one pod each, whose manifests a test gives; `calico` and `cilium` read them. */
export function policyLab(manifests: readonly object[], variants = ['calico', 'cilium']): string {
  return JSON.stringify({
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'policies' },
    spec: {
      fabric: { switches: [{ name: 'tor', role: 'tor' }] },
      nodes: [{ name: 'node-1', uplinks: [{ switch: 'tor' }] }, { name: 'node-2', uplinks: [{ switch: 'tor' }] }],
      cluster: {
        namespaces: [{ name: 'shop', labels: { team: 'shop' } }, { name: 'ops', labels: { team: 'ops' } }],
        workloads: [
          { name: 'web', namespace: 'shop', labels: { app: 'web' } },
          { name: 'db', namespace: 'shop', labels: { app: 'db' }, ports: [{ name: 'sql', port: 5432 }] },
          { name: 'probe', namespace: 'ops', labels: { app: 'probe' } },
        ],
        manifests,
      },
      variants: variants.map((name) => ({ name, cni: name })),
      traffic: [
        { name: 'query', kind: 'tcp-rr', from: { pod: 'shop/web-0' }, to: { pod: 'shop/db-0', port: 5432 } },
        { name: 'watch', kind: 'tcp-rr', from: { pod: 'ops/probe-0' }, to: { pod: 'shop/db-0', port: 5432 } },
      ],
      run: { duration: '10ms', warmup: '1ms' },
    },
  }, null, 1)
}

/** A NetworkPolicy of the namespace `shop` about the database. */
export function databasePolicy(name: string, ...ingress: readonly object[]): object {
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'], ingress },
  }
}

/** A policy of Calico about the database of `shop`; `kind` may be staged. */
export function calicoPolicy(kind: string, name: string, spec: object): object {
  const isGlobal = kind.includes('Global')
  return {
    apiVersion: 'projectcalico.org/v3', kind, metadata: isGlobal ? { name } : { name, namespace: 'shop' },
    spec: { selector: "app == 'db'", types: ['Ingress'], ...spec },
  }
}
