import { z } from 'zod'

import { checkedJson, type JsonProblem } from '#main/documents/checked-json'

/** The form of measurement tables. */
export const TABLE_SCHEMA = 'cnilab/measurements/v1'

/** What a row's value is. */
export const METRICS = [
  'tcp-stream-gbps',
  'udp-stream-gbps',
  'tcp-rr-per-s',
  'udp-rr-per-s',
  'tcp-crr-per-s',
  'tcp-rr-us',
  'tcp-crr-us',
  'tcp-pingpong-us',
] as const

/** Between what a row was measured. */
export const SCOPES = ['node-to-node', 'pod-to-pod', 'same-node', 'pod-to-service'] as const

const positive = z.number().positive()
const share = z.number().min(0)
const whole = z.number().int().positive()

/** What is not known is absent or null. */
const known = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined)

/** What is absent or null is taken to be this. */
const absent = <Value>(schema: z.ZodType<Value>, otherwise: Value) => schema.nullish().transform((value) => value ?? otherwise)

const variantSchema = z.discriminatedUnion('cni', [
  z.strictObject({ cni: z.literal('none') }),
  z.strictObject({
    cni: z.literal('calico'),
    dataplane: absent(z.enum(['iptables', 'nftables', 'ebpf']), 'iptables'),
    encapsulation: absent(z.enum(['none', 'ipip', 'vxlan']), 'ipip'),
    encryption: absent(z.enum(['none', 'wireguard']), 'none'),
  }),
  z.strictObject({
    cni: z.literal('cilium'),
    tunnel: absent(z.enum(['vxlan', 'geneve', 'disabled']), 'vxlan'),
    hostRouting: absent(z.enum(['legacy', 'bpf']), 'legacy'),
    kubeProxyReplacement: absent(z.boolean(), false),
    encryption: absent(z.enum(['none', 'wireguard', 'ipsec']), 'none'),
  }),
  z.strictObject({ cni: z.literal('flannel'), backend: absent(z.enum(['vxlan', 'host-gw']), 'vxlan') }),
])

const rowSchema = z.object({
  key: z.string().min(1),
  variant: variantSchema,
  scope: z.enum(SCOPES),
  metric: z.enum(METRICS),
  streams: absent(whole, 1),
  value: positive,
  use: z.enum(['score', 'directional']),
  /** MTU of the pods' interfaces, and the segment size that was negotiated, bytes. */
  podMtu: known(z.number().int().min(68).max(65_535)),
  mss: known(z.number().int().min(1).max(65_535)),
  /** The source's words for the configuration, a kernel among them. */
  mode: known(z.string()),
  /** At line rate: says nothing about CPU costs. */
  saturated: absent(z.boolean(), false),
  /** The value is that of one of the streams; else that of all together. */
  perFlow: absent(z.boolean(), false),
  cpuClientPctOfNode: known(share),
  cpuServerPctOfNode: known(share),
})

/** The NIC of hosts of which nothing is said: that of most published tables, Gbit/s. */
const DEFAULT_NIC_GBPS = 10

const testbedSchema = z.object({
  nicGbps: absent(positive, DEFAULT_NIC_GBPS),
  underlayMtu: known(z.number().int().min(576).max(65_535)),
  kernel: known(z.string()),
  cpuModel: known(z.string()),
  cpuGhz: known(positive),
  cpuThreads: known(whole),
  sendBytes: known(whole),
  requestBytes: known(whole),
  responseBytes: known(whole),
  zeroCopy: absent(z.boolean(), false),
  /** Raw results tell that pods' single streams were hardly sent twice, so that nothing overtook on its way to the wire. */
  keepsOrder: absent(z.boolean(), false),
})

const tableSchema = z
  .object({
    schema: z.literal(TABLE_SCHEMA),
    id: z.string().min(1),
    title: z.string(),
    url: known(z.string()),
    year: known(z.number()),
    quality: known(z.string()),
    caveat: known(z.string()),
    testbed: testbedSchema,
    /** Whether what stages cost is fitted to the table (`npm run calibrate`), or predicts it only. */
    fitted: absent(z.boolean(), true),
    /** Key of the rows of the host network; absent where there are none. */
    baseline: known(z.string()),
    rows: z.array(rowSchema).min(1, 'The table has no rows.'),
  })
  .superRefine(({ baseline, rows }, context) => {
    if (baseline === undefined || rows.some(({ key }) => key === baseline)) return
    const message = `No row has the key ${JSON.stringify(baseline)}, which is named as the baseline.`
    context.addIssue({ code: 'custom', path: ['baseline'], message })
  })

/** A published table of measurements. */
export type MeasurementTable = z.infer<typeof tableSchema>
/** A row of it. */
export type MeasurementRow = z.infer<typeof rowSchema>
/** The machines it was measured on. */
export type Testbed = z.infer<typeof testbedSchema>
/** A plugin's configuration in a row. */
export type TableVariant = z.infer<typeof variantSchema>

/** Reads a table. Fields of rows and testbeds that it has no use for are passed over; a variant's are not. */
export function parseMeasurementTable(
  text: string,
): { readonly table: MeasurementTable } | { readonly problems: readonly JsonProblem[] } {
  const read = checkedJson(text, tableSchema)
  return 'value' in read ? { table: read.value } : read
}
