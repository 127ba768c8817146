/** The label with a node's name, by which selectors pick single nodes. */
export const HOSTNAME_LABEL = 'kubernetes.io/hostname'

/** A node's labels, with those that its kubelet gives it (kubernetes, pkg/kubelet/kubelet_node_status.go, initialNode). */
export function nodeLabels<Value>({ name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, Value>> }): Record<string, Value | string> {
  return { [HOSTNAME_LABEL]: name, 'kubernetes.io/os': 'linux', ...labels }
}
