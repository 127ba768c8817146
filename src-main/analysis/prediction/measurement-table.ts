import { z } from 'zod'

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

const variantSchema = z.discriminatedUnion('cni', [
  z.strictObject({ cni: z.literal('none') }),
  z.strictObject({
    cni: z.literal('calico'),
    dataplane: z.enum(['iptables', 'nftables', 'ebpf']).default('iptables'),
    encapsulation: z.enum(['none', 'ipip', 'vxlan']).default('ipip'),
    encryption: z.enum(['none', 'wireguard']).default('none'),
  }),
  z.strictObject({
    cni: z.literal('cilium'),
    tunnel: z.enum(['vxlan', 'geneve', 'disabled']).default('vxlan'),
    hostRouting: z.enum(['legacy', 'bpf']).default('legacy'),
    kubeProxyReplacement: z.boolean().default(false),
    encryption: z.enum(['none', 'wireguard', 'ipsec']).default('none'),
  }),
  z.strictObject({ cni: z.literal('flannel'), backend: z.enum(['vxlan', 'host-gw']).default('vxlan') }),
])

/** What is not known is absent or null. */
const known = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined)

const rowSchema = z.object({
  key: z.string().min(1),
  variant: variantSchema,
  scope: z.enum(SCOPES),
  metric: z.enum(METRICS),
  streams: whole.default(1),
  value: positive,
  use: z.enum(['score', 'directional']),
  /** MTU of the pods' interfaces, and the segment size that was negotiated, bytes. */
  podMtu: known(z.number().int().min(68).max(65_535)),
  mss: known(z.number().int().min(1).max(65_535)),
  /** The source's words for the configuration, a kernel among them. */
  mode: known(z.string()),
  /** At line rate: says nothing about CPU costs. */
  saturated: z.boolean().default(false),
  /** The value is that of one of the streams; else that of all together. */
  perFlow: z.boolean().default(false),
  cpuClientPctOfNode: known(share),
  cpuServerPctOfNode: known(share),
})

const testbedSchema = z.object({
  nicGbps: positive,
  underlayMtu: known(z.number().int().min(576).max(65_535)),
  kernel: known(z.string()),
  cpuModel: known(z.string()),
  cpuGhz: known(positive),
  cpuThreads: known(whole),
  sendBytes: known(whole),
  requestBytes: known(whole),
  responseBytes: known(whole),
  zeroCopy: z.boolean().nullish().transform((value) => value ?? false),
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
    fitted: z.boolean().default(true),
    /** Key of the rows of the host network; absent where there are none. */
    baseline: known(z.string()),
    rows: z.array(rowSchema).min(1),
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

/** What is wrong with a table, and where: `rows[3].metric`. */
export interface TableProblem {
  readonly path: string
  readonly message: string
}

/** Reads a table. Fields of rows and testbeds that it has no use for are passed over; a variant's are not. */
export function parseMeasurementTable(
  text: string,
): { readonly table: MeasurementTable } | { readonly problems: readonly TableProblem[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problems: [{ path: '', message: `It is not JSON: ${error instanceof Error ? error.message : String(error)}` }] }
  }
  const parsed = tableSchema.safeParse(value)
  if (parsed.success) return { table: parsed.data }
  return { problems: parsed.error.issues.map(({ path, message }) => ({ path: placeOf(path), message })) }
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('').replace(/^\./u, '')
}
