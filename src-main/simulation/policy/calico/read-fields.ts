import { parseIpAddress, parseIpBlock, singleAddress, type IpBlock } from '#shared/units/index'

import type { FieldPlace, FieldReader } from '../../kubernetes/field-reader'
import { parseSelector, type Selector } from './selector'

/** Reads a field that holds a selector; undefined where it is absent or empty. */
export function readSelector(fields: FieldReader, name: string): Selector | undefined {
  const text = fields.string(name)
  if (text === undefined || text === '') return undefined
  const parsed = parseSelector(text)
  if ('selector' in parsed) return parsed.selector
  fields.at(name).invalid(text, `Invalid selector: ${parsed.error}`)
  return undefined
}

/** Reads ranges of addresses; a single address counts as a range. */
export function readNets(fields: FieldReader, name: string): IpBlock[] {
  const read = (value: unknown, place: FieldPlace): IpBlock[] => {
    const text = typeof value === 'string' ? value : ''
    const address = parseIpAddress(text)
    const block = address === undefined ? parseIpBlock(text) : singleAddress(address)
    if (block === undefined) place.invalid(value, 'must be an IP address or network, like 10.0.0.0/8')
    return block === undefined ? [] : [block]
  }
  return (fields.list(name, read) ?? []).flat()
}
