import { formatIpv4Prefix, ipv4PrefixCovers, ipv4PrefixesOverlap } from '#shared/units/index'

import type { DocumentPath } from '../document-path'
import { MODELLED_CNIS } from '../modelled'
import { unmodelledSettings } from '../modelled-settings'
import type { Report } from '../problem'
import type { CalicoVariant, CniName, Variant } from '../record/variant'
import { checkCiliumConflicts } from './cilium-conflicts'
import type { Check, Content } from './content'

const pluginNames: Readonly<Record<CniName, string>> = {
  none: 'the host network',
  calico: 'Calico',
  cilium: 'Cilium',
  flannel: 'Flannel',
}

/** Variants are of plugins that are modelled, with settings that the plugin accepts and that are modelled. */
export const checkVariants: Check = (content, report) => {
  content.lab.variants.forEach((variant, index) => {
    const path = ['spec', 'variants', index]
    if (!MODELLED_CNIS.includes(variant.cni)) {
      report(
        'not-modelled',
        [...path, 'cni'],
        `${pluginNames[variant.cni]} is not modelled yet.`,
        `Modelled: ${MODELLED_CNIS.join(', ')}.`,
      )
      return
    }
    const settings = [...path, 'settings']
    const conflicts = conflictsOf(content, variant, settings, report)
    checkModelled(content, variant, settings, conflicts, report)
  })
}

/** Reports settings that the plugin refuses together; answers them, so that they are not also called not modelled. */
function conflictsOf(content: Content, variant: Variant, path: DocumentPath, report: Report): ReadonlySet<string> {
  switch (variant.cni) {
    case 'calico':
      return checkCalicoConflicts(content, variant, path, report)
    case 'cilium':
      return checkCiliumConflicts(variant.settings, path, report)
    case 'none':
    case 'flannel':
      return new Set()
  }
}

function checkCalicoConflicts(
  { lab, given }: Content,
  { settings }: CalicoVariant,
  path: DocumentPath,
  report: Report,
): Set<string> {
  checkNodesOf(lab, settings, path, report)
  const { ipipMode, vxlanMode, cidr, blockSize } = settings.ipPool
  const { podCIDR } = lab.cluster
  if (cidr !== undefined && !ipv4PrefixCovers(podCIDR, cidr)) {
    const message = `The pool ${formatIpv4Prefix(cidr)} is outside the pod CIDR ${formatIpv4Prefix(podCIDR)}.`
    report('refused-setting', [...path, 'ipPool', 'cidr'], message, 'Leave it out: the pool is the pod CIDR then.')
  }
  const pool = cidr ?? podCIDR
  const isGiven = cidr !== undefined || given([...path, 'ipPool', 'blockSize']) !== undefined
  if (isGiven && blockSize < pool.length) {
    const message = `Blocks of /${blockSize} are larger than the pool ${formatIpv4Prefix(pool)}.`
    report('refused-setting', [...path, 'ipPool', 'blockSize'], message)
  }
  const pools = [pool, ...settings.ipPools.map((further) => further.cidr)]
  settings.ipPools.forEach((further, index) => {
    const other = pools.slice(0, index + 1).find((prefix) => ipv4PrefixesOverlap(prefix, further.cidr))
    if (other === undefined) return
    const message = `The pool ${further.name}, ${formatIpv4Prefix(further.cidr)}, overlaps the pool ${formatIpv4Prefix(other)}: Calico refuses that.`
    report('refused-setting', [...path, 'ipPools', index, 'cidr'], message, 'Use ranges that are apart.')
  })
  if (ipipMode === 'Never' || vxlanMode === 'Never') return new Set()
  const message = `The pool has both IPIP (${ipipMode}) and VXLAN (${vxlanMode}); Calico allows one encapsulation.`
  report('two-encapsulations', [...path, 'ipPool', 'vxlanMode'], message, 'Set ipipMode or vxlanMode to Never.')
  return new Set(['ipPool.ipipMode', 'ipPool.vxlanMode'])
}

/** What settings say of single nodes is about nodes of the lab. */
function checkNodesOf({ nodes }: Content['lab'], { felixConfigurations, nodes: own }: CalicoVariant['settings'], path: DocumentPath, report: Report): void {
  const places = [
    ...felixConfigurations.map(({ name }, index) => ({ name: name.slice('node.'.length), at: [...path, 'felixConfigurations', index, 'name'] })),
    ...own.map(({ name }, index) => ({ name, at: [...path, 'nodes', index, 'name'] })),
  ]
  for (const { name, at } of places) {
    if (!nodes.some((node) => node.name === name)) report('unknown-reference', at, `There is no node ${JSON.stringify(name)}.`)
  }
}

function checkModelled(
  content: Content,
  variant: Variant,
  path: DocumentPath,
  except: ReadonlySet<string>,
  report: Report,
): void {
  for (const { setting, value, modelled } of unmodelledSettings(variant.cni, content.given(path), variant.settings)) {
    const id = setting.join('.')
    const place = [...path, ...setting]
    if (except.has(id) || !content.isWhole(place)) continue
    const shown = isScalar(value) ? `${id}: ${String(value)}` : id
    const values = modelled.filter(isScalar)
    const fix = values.length === 0 ? 'Leave it out.' : `Leave it out, or use ${values.join(' or ')}.`
    report('not-modelled', place, `${shown} is not modelled yet for ${pluginNames[variant.cni]}.`, fix)
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
