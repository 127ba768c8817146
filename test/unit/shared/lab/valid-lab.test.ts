import { describe, expect, it } from 'vitest'

import { labErrorsText, parseLab, unknownVariantsText, validLab } from '#shared/lab/index'

const withFile = `apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: files}
spec:
  nodes: [{name: node-1}]
  cluster:
    manifests:
      - {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
      - {file: policies.yaml}
  variants: [{name: host, cni: none}, {name: flannel, cni: flannel}]
`

describe('validLab', () => {
  it('reads what parseLab reads without errors', () => {
    const text = withFile.replace('\n      - {file: policies.yaml}', '')
    expect(validLab(text)).toEqual({ lab: parseLab(text).lab })
    // What only parseLab understands.
    const tagged = text.replace('host', '!!str host')
    expect(validLab(tagged)).toEqual({ lab: parseLab(tagged).lab })
  })

  it('comes to the problems of a lab with errors, as parseLab does', () => {
    const text = withFile.replace('cni: flannel', 'cni: weave')
    expect(validLab(text, new Map([['policies.yaml', '']]))).toEqual({ problems: parseLab(text).problems })
  })

  it('holds a manifest file that nobody could read to be an error in the line that names it', () => {
    expect(validLab(withFile)).toMatchObject({ problems: [{ code: 'unreadable', severity: 'error', line: 9, path: 'spec.cluster.manifests[1].file' }] })
    expect(validLab(withFile, new Map([['policies.yaml', '']]))).toHaveProperty('lab.name', 'files')
  })
})

describe('the words of a refusal', () => {
  it('name what is wrong, what comes of it, and what there is instead', () => {
    const read = validLab(withFile)
    const problems = 'problems' in read ? read.problems : []
    expect(labErrorsText(problems, 'nothing goes')).toBe(`The lab has errors, and nothing goes: The manifest file "policies.yaml" can't be read.`)
    expect(unknownVariantsText(['weave'], parseLab(withFile, new Map([['policies.yaml', '']])).lab!)).toBe(`The lab has no variant "weave"; it has "host", "flannel".`)
  })
})
