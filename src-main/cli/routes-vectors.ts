import type { z } from 'zod'

import { checkedValue } from '#main/documents/checked-json'
import { bgpVectorSchema, BgpVectorError, readVector, runVector, type VectorOutcome } from '#main/simulation/bgp/index'
import { ipamVectorSchema, runIpamVector, type IpamVectorOutcome } from '#main/simulation/ipam/index'

import { CliError } from './cli-error'
import { readVectorFile } from './read-vector-file'

/** `cnilab/ipam/v1`: which blocks nodes claim, in the form of the vectors. */
export interface AddressResult extends IpamVectorOutcome {
  readonly schema: 'cnilab/ipam/v1'
}

/**
 * Answers a vector file: a topology of BGP speakers, or claims of address blocks. `wire` keeps what speakers send.
 * Throws a {@link CliError} where it cannot be read or contradicts itself.
 */
export async function answerVectors(file: string, seed: number, wire: boolean): Promise<VectorOutcome | AddressResult> {
  const content = await readVectorFile(file)
  if (isAboutAddresses(content)) return { schema: 'cnilab/ipam/v1', ...runIpamVector(parse(ipamVectorSchema, content, file)) }
  const vector = parse(bgpVectorSchema, content, file)
  try {
    return runVector(readVector(vector), seed, wire)
  } catch (error) {
    if (error instanceof BgpVectorError) throw new CliError('vectors.invalid', `${file}: ${error.message}`)
    throw error
  }
}

function isAboutAddresses(content: unknown): boolean {
  return typeof content === 'object' && content !== null && ('go_reference' in content || 'scenarios' in content)
}

function parse<Schema extends z.ZodType>(schema: Schema, content: unknown, file: string): z.output<Schema> {
  const checked = checkedValue(content, schema)
  if ('value' in checked) return checked.value
  const { path, message } = checked.problems[0]!
  throw new CliError('vectors.invalid', `${file}: ${path || 'the file'}: ${message}`)
}
