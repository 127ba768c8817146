import { describe, expect, test } from 'vitest'

import { settingGroups } from '#renderer/variants/setting-fields'
import { CNI_LABELS, variantPresets } from '#renderer/variants/variant-presets'
import { addVariant, applyChange, checkDocument } from '#shared/lab/index'
import { SETTINGS_SCHEMAS } from '#shared/lab/record/variant'

import { documentOf } from '../support/sample-lab'

/** What the plugin's schema says of a setting when nothing is given: its default. */
function defaultOf(cni: keyof typeof SETTINGS_SCHEMAS, path: readonly (string | number)[]): unknown {
  const settings: unknown = SETTINGS_SCHEMAS[cni].parse(cni === 'flannel' ? { Backend: { Type: 'vxlan' } } : {})
  return path.reduce<unknown>((here, step) => (here as Record<string, unknown> | undefined)?.[step], settings)
}

describe('the fields of settings', () => {
  const fields = (['none', 'calico', 'cilium', 'flannel'] as const)
    .flatMap((cni) => settingGroups(cni).flatMap((group) => group.fields.map((field) => [cni, field.path.join('.'), field] as const)))

  test.each(fields)('of %s: %s is a setting of the plugin, of the field’s kind', (cni, _, { path, kind, options }) => {
    const value = defaultOf(cni, path)
    expect(typeof value).toBe({ choice: 'string', switch: 'boolean', whole: 'number', prefix: 'string' }[kind])
    if (kind === 'choice') expect(options.map((option) => option.value)).toContain(value)
  })

  test('are none for a plugin that is not known', () => {
    expect(settingGroups('weave')).toEqual([])
  })
})

describe('the presets', () => {
  test.each(variantPresets('10.244.0.0/16'))('$label runs as it is', ({ cni, name, settings }) => {
    const document = documentOf()
    const edit = addVariant(document, { cni, name: `${name}-new`, ...(settings === undefined ? {} : { settings }) })
    expect(checkDocument(applyChange(document, edit).document).problems).toEqual([])
  })

  test('have every plugin', () => {
    expect(new Set(variantPresets('10.244.0.0/16').map(({ cni }) => cni))).toEqual(new Set(Object.keys(CNI_LABELS)))
  })

  test('route natively in the lab’s own range of pods', () => {
    const ranges = variantPresets('10.128.0.0/14').flatMap(({ settings }) => settings?.['ipv4NativeRoutingCIDR'] ?? [])
    expect(new Set(ranges)).toEqual(new Set(['10.128.0.0/14']))
  })
})
