import type { TextKind } from '#renderer/fields/index'
import type { SelectOption } from '#renderer/ui/index'
import { faultSchema } from '#shared/lab/record/fault'
import type { FaultField } from '#shared/lab/index'

/** What a fault can hit, picked from what the lab has. */
export type TargetControl = 'link' | 'node' | 'nodes' | 'peer' | 'pod' | 'policy' | 'service'

/** How a field of a fault is edited. What it means is in the lab's documentation of fields. */
export type FaultControl =
  /** A time, rate, number, …: `placeholder` while the file says nothing. */
  | { readonly control: 'text'; readonly kind: TextKind; readonly label: string; readonly placeholder?: string }
  | { readonly control: 'choice'; readonly label: string; readonly options: readonly SelectOption[] }
  | { readonly control: 'switch'; readonly label: string }
  /** What it hits. */
  | { readonly control: TargetControl; readonly label: string }

/** Every field that a fault can have, in the words of its form. */
export const FAULT_CONTROLS: Readonly<Record<FaultField, FaultControl>> = {
  at: { control: 'text', kind: 'time', label: 'Begins' },
  until: { control: 'text', kind: 'time', label: 'Ends', placeholder: 'Never' },
  link: { control: 'link', label: 'Link' },
  node: { control: 'node', label: 'Node' },
  nodes: { control: 'nodes', label: 'Nodes' },
  peer: { control: 'peer', label: 'Peer' },
  period: { control: 'text', kind: 'time', label: 'Period' },
  loss: { control: 'text', kind: 'decimal', label: 'Loss' },
  delay: { control: 'text', kind: 'time', label: 'Delay' },
  rate: { control: 'text', kind: 'rate', label: 'Rate' },
  agent: { control: 'choice', label: 'Agent', options: choices('agent') },
  graceful: { control: 'switch', label: 'Graceful' },
  protocol: { control: 'choice', label: 'Protocol', options: choices('protocol') },
  mtu: { control: 'text', kind: 'whole', label: 'MTU' },
  pod: { control: 'pod', label: 'Pod' },
  policy: { control: 'policy', label: 'Policy' },
  service: { control: 'service', label: 'Service' },
  grace: { control: 'text', kind: 'time', label: 'Grace', placeholder: '0s' },
  port: { control: 'text', kind: 'whole', label: 'Port', placeholder: 'Any' },
  id: { control: 'text', kind: 'whole', label: 'Key id' },
}

/** What the schema lets a field say, as options. */
function choices(field: string): readonly SelectOption[] {
  const values = faultSchema.options.flatMap(({ shape }) => {
    const schema = (shape as Readonly<Record<string, { readonly options?: readonly string[] }>>)[field]
    return schema?.options ?? []
  })
  return [...new Set(values)].map((value) => ({ value, label: value }))
}
