import type { TextKind } from '#renderer/fields/index'
import type { SelectOption } from '#renderer/ui/index'
import { faultSchema } from '#shared/lab/record/fault'
import type { FaultField } from '#shared/lab/index'

/** What a fault can hit, picked from what the lab has. */
export type TargetControl = 'link' | 'node' | 'nodes' | 'peer' | 'pod' | 'policy' | 'service'

/** How a field of a fault is edited. */
export type FaultControl =
  /** A time, rate, number, …: `placeholder` while the file says nothing. */
  | { readonly control: 'text'; readonly kind: TextKind; readonly label: string; readonly hint?: string; readonly placeholder?: string }
  | { readonly control: 'choice'; readonly label: string; readonly hint?: string; readonly options: readonly SelectOption[] }
  | { readonly control: 'switch'; readonly label: string; readonly hint?: string }
  /** What it hits. */
  | { readonly control: TargetControl; readonly label: string; readonly hint?: string }

/** Every field that a fault can have, in the words of its form. */
export const FAULT_CONTROLS: Readonly<Record<FaultField, FaultControl>> = {
  at: { control: 'text', kind: 'time', label: 'Begins' },
  until: { control: 'text', kind: 'time', label: 'Ends', placeholder: 'Never' },
  link: { control: 'link', label: 'Link' },
  node: { control: 'node', label: 'Node' },
  nodes: { control: 'nodes', label: 'Nodes', hint: 'They and all others do not reach each other' },
  peer: { control: 'peer', label: 'Peer' },
  period: { control: 'text', kind: 'time', label: 'Period', hint: 'Down for its first half, up for its second' },
  loss: { control: 'text', kind: 'decimal', label: 'Loss', hint: 'Share of packets lost, both ways, 0 to 1' },
  delay: { control: 'text', kind: 'time', label: 'Delay', hint: 'Propagation, one way, instead of the link’s own' },
  rate: { control: 'text', kind: 'rate', label: 'Rate', hint: 'Instead of the link’s own' },
  agent: { control: 'choice', label: 'Agent', options: choices('agent') },
  graceful: { control: 'switch', label: 'Graceful', hint: 'Peers keep its routes while it is away (RFC 4724)' },
  protocol: { control: 'choice', label: 'Protocol', options: choices('protocol') },
  mtu: { control: 'text', kind: 'whole', label: 'MTU', hint: 'Bytes, of the interfaces at both ends; pods and tunnels keep theirs' },
  pod: { control: 'pod', label: 'Pod' },
  policy: { control: 'policy', label: 'Policy' },
  service: { control: 'service', label: 'Service' },
  grace: { control: 'text', kind: 'time', label: 'Grace', hint: 'How long its process goes on after it was told to end', placeholder: '0s' },
  port: { control: 'text', kind: 'whole', label: 'Port', placeholder: 'Any' },
}

/** What the schema lets a field say, as options. */
function choices(field: string): readonly SelectOption[] {
  const values = faultSchema.options.flatMap(({ shape }) => {
    const schema = (shape as Readonly<Record<string, { readonly options?: readonly string[] }>>)[field]
    return schema?.options ?? []
  })
  return [...new Set(values)].map((value) => ({ value, label: value }))
}
