import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import {
  addExternal,
  addNode,
  addNote,
  addRack,
  addSwitch,
  addTraffic,
  addVariant,
  addWorkload,
  applyChange,
  assignRack,
  checkDocument,
  connect,
  elementAt,
  moveElements,
  moveEntry,
  namesOf,
  parseLab,
  pathOf,
  removeElements,
  renameElement,
  setField,
  squashChanges,
  uniqueName,
  whyNotConnect,
  whyNotRename,
  type LabChange,
  type LabDocument,
} from '#shared/lab/index'

const exampleText = readFileSync('test/fixture/lab/two-racks.cnilab.yaml', 'utf8')

function open(text = exampleText): LabDocument {
  const { document } = parseLab(text)
  if (document === undefined) throw new Error('not a document')
  return document
}

/** The document after changes, each made for the document before it. */
function after(...makers: ((document: LabDocument) => LabChange)[]): LabDocument {
  return makers.reduce((document, make) => applyChange(document, make(document)).document, open())
}

/** Lines that are in one text and not in the other. */
function changedLines(from: string, to: string): { removed: string[]; added: string[] } {
  const [before, now] = [from.split('\n'), to.split('\n')]
  return { removed: before.filter((line) => !now.includes(line)), added: now.filter((line) => !before.includes(line)) }
}

function codes(document: LabDocument): string[] {
  return checkDocument(document).problems.map(({ code, path }) => `${code} ${path}`)
}

describe('adding', () => {
  it('writes a line in the style of its neighbours, and a place on the canvas', () => {
    const document = after((lab) => addNode(lab, { rack: 'a', placement: { x: 10, y: 20 } }))
    expect(changedLines(exampleText, document.text)).toEqual({
      removed: [],
      added: [
        '    - {name: node-3, rack: a, cpu: {cores: 8, ghz: 3}, nic: {rate: 25Gbit, mtu: 1500}, uplinks: [{switch: tor-a}]}',
        '      node-3: {x: 10, y: 20}',
      ],
    })
    expect(codes(document)).toEqual([])
  })

  it('selects what it added, under a name of its own', () => {
    expect(addNode(open()).selects).toEqual([{ kind: 'node', name: 'node-3' }])
    expect(addSwitch(open(), { role: 'spine' }).selects).toEqual([{ kind: 'switch', name: 'spine-2' }])
    expect(addWorkload(open()).selects).toEqual([{ kind: 'workload', name: 'default/app-1' }])
    expect(uniqueName(open(), 'rack', 'a')).toBe('a-1')
  })

  it('makes a lab from nothing', () => {
    const empty = open('apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: new}\nspec: {}\n')
    const steps: ((document: LabDocument) => LabChange)[] = [
      (lab) => addRack(lab, { placement: { x: 0, y: 0, width: 300, height: 200 } }),
      (lab) => addSwitch(lab, { role: 'tor', rack: 'rack-1', placement: { x: 1, y: 1 } }),
      (lab) => addNode(lab, { rack: 'rack-1' }),
      (lab) => addNode(lab, {}),
      (lab) => connect(lab, { kind: 'switch', name: 'tor-1' }, { kind: 'node', name: 'node-2' }),
      (lab) => addWorkload(lab, { nodes: ['node-1'] }),
      (lab) => addWorkload(lab, { nodes: ['node-2'] }),
      (lab) => addExternal(lab, { attach: 'tor-1' }),
      (lab) => addVariant(lab, { cni: 'calico', settings: { ipPool: { ipipMode: 'Always' } } }),
      (lab) => addVariant(lab, { cni: 'calico' }),
      (lab) => addTraffic(lab, { kind: 'tcp-stream', from: { pod: 'default/app-1-0' }, to: { pod: 'default/app-2-0' }, streams: 2 }),
      (lab) => addNote(lab, { text: 'two\nlines', placement: { x: 5, y: 6 } }),
    ]
    const document = steps.reduce((current, make) => applyChange(current, make(current)).document, empty)
    expect(checkDocument(document).problems).toEqual([])
    expect(document.text).toMatchInlineSnapshot(`
      "apiVersion: cnilab.dev/v1alpha1
      kind: Lab
      metadata: {name: new}
      spec:
        fabric:
          racks:
            - {name: rack-1}
          switches:
            - {name: tor-1, role: tor, rack: rack-1}
        nodes:
          - {name: node-1, rack: rack-1, cpu: {cores: 8, ghz: 3}, nic: {rate: 25Gbit, mtu: 1500}, uplinks: [{switch: tor-1}]}
          - {name: node-2, cpu: {cores: 8, ghz: 3}, nic: {rate: 25Gbit, mtu: 1500}, uplinks: [{switch: tor-1}]}
        cluster:
          workloads:
            - {name: app-1, namespace: default, labels: {app: app-1}, replicas: 1, nodes: [node-1]}
            - {name: app-2, namespace: default, labels: {app: app-2}, replicas: 1, nodes: [node-2]}
        external:
          - {name: external-1, address: 203.0.113.10, attach: tor-1}
        variants:
          - {name: calico, cni: calico, settings: {ipPool: {ipipMode: Always}}}
          - {name: calico-1, cni: calico}
        traffic:
          - {name: tcp-stream-1, kind: tcp-stream, from: {pod: default/app-1-0}, to: {pod: default/app-2-0}, streams: 2}
        view:
          racks:
            rack-1: {x: 0, y: 0, width: 300, height: 200}
          switches:
            tor-1: {x: 1, y: 1}
          notes:
            - {name: note-1, text: "two\\nlines", x: 5, y: 6}
      "
    `)
  })
})

describe('linking', () => {
  it('is refused with a reason where it makes no sense', () => {
    const document = open()
    expect(whyNotConnect(document, { kind: 'node', name: 'node-1' }, { kind: 'node', name: 'node-2' })).toBe('Links lead to a switch.')
    expect(whyNotConnect(document, { kind: 'switch', name: 'tor-a' }, { kind: 'switch', name: 'tor-a' })).toBe('A switch cannot be linked to itself.')
    expect(whyNotConnect(document, { kind: 'switch', name: 'tor-a' }, { kind: 'workload', name: 'default/server' })).toBe('A workload has no network interface.')
    expect(whyNotConnect(document, { kind: 'switch', name: 'gone' }, { kind: 'node', name: 'node-1' })).toBe('One end is not there.')
    expect(() => connect(document, { kind: 'rack', name: 'a' }, { kind: 'node', name: 'node-1' })).toThrow('Links lead to a switch.')
  })

  it('makes a link, an uplink or an attachment, whichever end comes first', () => {
    const document = after(
      (lab) => connect(lab, { kind: 'switch', name: 'tor-a' }, { kind: 'switch', name: 'tor-b' }),
      (lab) => connect(lab, { kind: 'switch', name: 'tor-b' }, { kind: 'node', name: 'node-1' }),
      (lab) => connect(lab, { kind: 'external', name: 'client' }, { kind: 'switch', name: 'tor-a' }),
    )
    expect(elementAt(document, { kind: 'link', index: 2 })).toEqual({ ends: ['tor-a', 'tor-b'] })
    expect(elementAt(document, { kind: 'uplink', node: 'node-1', index: 1 })).toEqual({ switch: 'tor-b' })
    expect(elementAt(document, { kind: 'external', name: 'client' })).toMatchObject({ attach: 'tor-a' })
    expect(codes(document)).toEqual([])
  })
})

describe('removing', () => {
  it('takes what has no meaning without it', () => {
    const document = after((lab) => removeElements(lab, [{ kind: 'switch', name: 'tor-b' }]))
    expect(document.text).not.toContain('tor-b')
    expect(elementAt(document, { kind: 'node', name: 'node-2' })).toMatchObject({ uplinks: [] })
    expect(document.text).toContain('# Jumbo frames between switches')
  })

  it('takes the traffic of a workload, and leaves the rest of the lab valid', () => {
    const document = after((lab) => removeElements(lab, [{ kind: 'workload', name: 'default/server' }]))
    expect(namesOf(document, 'traffic')).toEqual([])
    expect(codes(document)).toEqual([])
  })

  it('leaves what stands in a rack', () => {
    const document = after((lab) => removeElements(lab, [{ kind: 'rack', name: 'a' }, { kind: 'rack', name: 'b' }]))
    expect(namesOf(document, 'node')).toEqual(['node-1', 'node-2'])
    expect(elementAt(document, { kind: 'node', name: 'node-1' })).not.toHaveProperty('rack')
    expect(codes(document)).toEqual([])
  })

  it('takes links by their place, and several things in one step', () => {
    const document = after((lab) => removeElements(lab, [
      { kind: 'link', index: 0 }, { kind: 'uplink', node: 'node-2', index: 0 }, { kind: 'external', name: 'client' },
      { kind: 'variant', name: 'host' }, { kind: 'node', name: 'node-1' },
    ]))
    expect(namesOf(document, 'node')).toEqual(['node-2'])
    expect(namesOf(document, 'external')).toEqual([])
    expect(document.text.match(/ends:/gu)).toHaveLength(1)
    const undone = applyChange(document, applyChange(open(), removeElements(open(), [{ kind: 'link', index: 0 }, { kind: 'uplink', node: 'node-2', index: 0 }, { kind: 'external', name: 'client' }, { kind: 'variant', name: 'host' }, { kind: 'node', name: 'node-1' }])).inverse)
    expect(undone.document.text).toBe(exampleText)
  })

  it('takes the workloads of a namespace', () => {
    const document = after((lab) => removeElements(lab, [{ kind: 'namespace', name: 'default' }]))
    expect(namesOf(document, 'workload')).toEqual([])
  })
})

describe('renaming', () => {
  it.each([
    [{ kind: 'switch', name: 'tor-a' }, 'leaf-a'],
    [{ kind: 'node', name: 'node-1' }, 'worker'],
    [{ kind: 'rack', name: 'a' }, 'left'],
    [{ kind: 'workload', name: 'default/server' }, 'web'],
    [{ kind: 'external', name: 'client' }, 'internet'],
    [{ kind: 'variant', name: 'host' }, 'baseline'],
    [{ kind: 'namespace', name: 'default' }, 'prod'],
  ] as const)('%o to %s reaches every mention', (element, name) => {
    const document = after((lab) => renameElement(lab, element, name))
    expect(codes(document)).toEqual([])
    expect(pathOf(document, { kind: element.kind, name: element.kind === 'workload' ? `default/${name}` : name })).toBeDefined()
    const back = applyChange(document, renameElement(document, { kind: element.kind, name: element.kind === 'workload' ? `default/${name}` : name }, element.name.replace('default/', '')))
    expect(back.document.text).toBe(exampleText)
  })

  it('is refused with a reason', () => {
    expect(whyNotRename(open(), { kind: 'node', name: 'node-1' }, 'node-2')).toBe('There is a node node-2 already.')
    expect(whyNotRename(open(), { kind: 'node', name: 'node-1' }, 'a b')).toBeDefined()
    expect(whyNotRename(open(), { kind: 'workload', name: 'default/client' }, 'Web')).toBeDefined()
    expect(whyNotRename(open(), { kind: 'workload', name: 'default/client' }, 'client')).toBeUndefined()
  })
})

describe('arranging', () => {
  it('changes numbers in place', () => {
    const document = after((lab) => moveElements(lab, [
      { element: { kind: 'node', name: 'node-1' }, placement: { x: 81, y: 390 } },
      { element: { kind: 'rack', name: 'a' }, placement: { width: 500 } },
      { element: { kind: 'variant', name: 'host' }, placement: { x: 1 } },
    ]))
    expect(changedLines(exampleText, document.text)).toEqual({
      removed: ['      a: {x: 40, y: 200, width: 320, height: 420}', '      node-1: {x: 80, y: 390}'],
      added: ['      a: {x: 40, y: 200, width: 500, height: 420}', '      node-1: {x: 81, y: 390}'],
    })
  })

  it('puts things into racks and takes them out', () => {
    const document = after(
      (lab) => assignRack(lab, [{ kind: 'switch', name: 'spine-1' }], 'a'),
      (lab) => assignRack(lab, [{ kind: 'node', name: 'node-1' }, { kind: 'node', name: 'node-2' }], undefined),
    )
    expect(elementAt(document, { kind: 'switch', name: 'spine-1' })).toMatchObject({ rack: 'a' })
    expect(elementAt(document, { kind: 'node', name: 'node-1' })).not.toHaveProperty('rack')
  })

  it('sets a field, or takes it away so that the default holds', () => {
    const path = ['spec', 'nodes', 0, 'nic', 'mtu']
    expect(checkDocument(after((lab) => setField(lab, path, 9000))).lab?.nodes[0]?.nic.mtu).toBe(9000)
    expect(after((lab) => setField(lab, path, undefined)).text).toContain('nic: {rate: 25Gbit, queues: 8, offloads')
    expect(setField(open(), path, 1500).operations).toEqual([])
  })

  it('changes the order of variants, each with its comment', () => {
    const document = after((lab) => moveEntry(lab, 'variant', 'host', 2))
    expect(namesOf(document, 'variant')).toEqual(['calico-ipip', 'cilium-vxlan', 'host'])
    expect(document.text).toContain('{name: host, cni: none} # pods in the host network')
  })
})

describe('changes', () => {
  it('squash into one with the same effect', () => {
    const start = open()
    const first = addNode(start)
    const middle = applyChange(start, first).document
    const second = renameElement(middle, { kind: 'node', name: 'node-3' }, 'spare')
    const { document, inverse } = applyChange(start, squashChanges('Add spare', [first, second]))
    expect(document.text).toBe(applyChange(middle, second).document.text)
    expect(applyChange(document, inverse).document.text).toBe(exampleText)
  })

  it('are plain data', () => {
    const change = removeElements(open(), [{ kind: 'switch', name: 'tor-a' }])
    expect(JSON.parse(JSON.stringify(change))).toEqual(change)
  })

  it('that do not fit are refused and leave the document as it was', () => {
    const document = open()
    const { inverse } = applyChange(document, addNode(document))
    expect(() => applyChange(document, inverse)).toThrow('The change was made for another text')
    expect(() => applyChange(document, { label: '', operations: [{ op: 'remove', path: ['spec'], keys: ['gone'] }] })).toThrow('Nothing is at spec.gone')
    expect(() => applyChange(document, setField(document, ['spec', 'nodes', 'name'], 'x'))).toThrow('spec.nodes is a list')
    expect(document.text).toBe(exampleText)
  })

  it('write out aliases, so that an edit concerns one place', () => {
    const document = open('apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: x}\nspec:\n  nodes:\n    - {name: a, nic: &nic {mtu: 9000}}\n    - {name: b, nic: *nic}\n')
    const { text } = applyChange(document, setField(document, ['spec', 'nodes', 0, 'nic', 'mtu'], 1500)).document
    expect(text).toContain('- {name: a, nic: &nic {mtu: 1500}}\n    - {name: b, nic: {mtu: 9000}}\n')
  })
})
