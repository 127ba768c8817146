import { ipBlockContains, parseIpAddress, parseIpBlock, singleAddress, type IpBlock } from '#shared/units/index'

import type { FieldPlace, FieldReader } from '../../kubernetes/field-reader'
import type { LabelSelector } from '../../kubernetes/label-selector'
import { readEndpointSelector } from './selector'

/** Addresses that a rule is about: a range with exceptions, or those of a group. */
export type CidrRule = (
  | { readonly block: IpBlock }
  | { readonly group: string }
  | { readonly groups: LabelSelector }
) & { readonly except: readonly IpBlock[] }

/** Reads an entry of `fromCIDR` or `toCIDR`: a range, or one address. */
export function readBlock(value: unknown, place: FieldPlace): IpBlock[] {
  const text = typeof value === 'string' ? value : ''
  if (text === '') place.required('IP must be specified')
  const address = parseIpAddress(text)
  const block = address === undefined ? parseIpBlock(text) : singleAddress(address)
  if (block === undefined && text !== '') place.invalid(text, 'unable to parse CIDR')
  return block === undefined ? [] : [block]
}

/** Reads an entry of `fromCIDRSet` or `toCIDRSet`: a range in prefix notation with exceptions inside it, or a group. */
export function readCidrRule(fields: FieldReader): CidrRule | undefined {
  const cidr = fields.string('cidr')
  const group = fields.string('cidrGroupRef')
  const groups = fields.object('cidrGroupSelector', readEndpointSelector)
  if ([cidr, group, groups].filter((given) => given !== undefined && given !== '').length > 1) {
    fields.place.invalid('', 'more than one of cidr, cidrGroupRef, or cidrGroupSelector may not be set')
  }
  const place = fields.at('except')
  const except = fields.list('except', (value, at) => readPrefix(value, at)) ?? []
  if (group !== undefined) return { group, except: except.flat() }
  if (groups !== undefined) return { groups, except: except.flat() }
  const block = readPrefix(cidr, fields.at('cidr'))[0]
  if (block === undefined) return undefined
  except.flat().forEach((inner, index) => {
    if (!ipBlockContains(block, { version: inner.version, value: inner.first })) {
      place.entry(index).invalid('', `allow CIDR prefix ${cidr} does not contain exclude CIDR prefix`)
    }
  })
  return { block, except: except.flat() }
}

function readPrefix(value: unknown, place: FieldPlace): IpBlock[] {
  const block = typeof value === 'string' ? parseIpBlock(value) : undefined
  if (block === undefined) place.invalid(value ?? '', 'unable to parse CIDRRule: must be a prefix like 10.0.0.0/8')
  return block === undefined ? [] : [block]
}
