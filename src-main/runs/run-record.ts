import { z } from 'zod'

import { runErrorCodes } from '#shared/contract/run-messages'

/** `run.json` of a kept run: what it was and how it ended. */
export const runRecordSchema = z.strictObject({
  entry: z.strictObject({
    runId: z.uuid(),
    lab: z.string(),
    labHash: z.string(),
    startedAt: z.iso.datetime(),
    variants: z.array(z.string()).readonly(),
    labVariants: z.array(z.string()).readonly(),
    seeds: z.int(),
    durationSeconds: z.number(),
    warmupSeconds: z.number(),
    outcome: z.enum(['done', 'stopped', 'failed']),
  }),
  error: z.strictObject({ code: z.enum(runErrorCodes), message: z.string() }).optional(),
})

/** What a kept run was and how it ended. */
export type RunRecord = Readonly<z.infer<typeof runRecordSchema>>
