import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isPng, labInPng, withLabInPng } from '#shared/lab/picture/png-lab'
import { labAsSvgMetadata, labInSvg } from '#shared/lab/picture/svg-lab'

/** The smallest PNG there is: one grey point. */
const png = Uint8Array.from(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64'))

describe('a picture with a lab inside', () => {
  it('gives any text back as it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const bytes = labInPng(withLabInPng(png, new TextEncoder().encode(text)))
      expect(new TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(new TextEncoder().encode(text)))
      expect(labInSvg(`<svg>${labAsSvgMetadata(text)}<g/></svg>`)).toBe(text)
    }))
  })

  it('is still a picture, and one without a lab has none', () => {
    expect(isPng(withLabInPng(png, new Uint8Array(3)))).toBe(true)
    expect(labInPng(png)).toBeUndefined()
    expect(labInSvg('<svg/>')).toBeUndefined()
  })

  it('that is damaged gives nothing', () => {
    const whole = withLabInPng(png, new TextEncoder().encode('kind: Lab'))
    const damaged = whole.slice()
    damaged[whole.length - 20] = damaged[whole.length - 20]! ^ 1
    expect(labInPng(damaged)).toBeUndefined()
    expect(labInPng(whole.slice(0, whole.length - 30))).toBeUndefined()
  })
})
