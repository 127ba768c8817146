import type { FaultyAgent } from './fault'
import type { Variant } from './variant'

/** Whether kube-proxy programs services; Cilium and Calico's eBPF data plane may take its place. */
export function hasKubeProxy(variant: Variant): boolean {
  if (variant.cni === 'cilium') return String(variant.settings.kubeProxyReplacement) !== 'true'
  return variant.cni !== 'calico' || !variant.settings.felixConfiguration.bpfEnabled
}

/** The daemons that a variant runs on every node. */
export function agentsOf(variant: Variant): readonly FaultyAgent[] {
  const proxy: FaultyAgent[] = hasKubeProxy(variant) ? ['kube-proxy'] : []
  switch (variant.cni) {
    case 'none':
      return ['kubelet', ...proxy]
    case 'calico':
      return ['kubelet', 'felix', 'bird', 'confd', ...proxy]
    case 'cilium':
      return ['kubelet', 'cilium-agent', ...proxy]
    case 'flannel':
      return ['kubelet', 'flanneld', ...proxy]
  }
}

/** Whether a variant runs a daemon at all, on every node or once for the whole cluster: elsewhere its end changes nothing. */
export function runsAgent(variant: Variant, agent: FaultyAgent): boolean {
  if (agent === 'kube-apiserver') return true
  if (agent === 'typha') return variant.cni === 'calico'
  if (agent === 'cilium-operator') return variant.cni === 'cilium'
  return agentsOf(variant).includes(agent)
}
