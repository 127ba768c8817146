import { describe, expect, test } from 'vitest'

import { FAULT_GROUPS, faultIcon, groupOf, whatLacks } from '#renderer/faults/fault-kinds'
import { idleNote } from '#renderer/faults/idle-note'
import { FAULT_LABELS, parseLab } from '#shared/lab/index'

import { sampleText } from '../support/sample-lab'

describe('kinds of faults', () => {
  test('are each in one group, by what they hit', () => {
    expect(FAULT_GROUPS.flatMap(({ kinds }) => kinds).toSorted()).toEqual(Object.keys(FAULT_LABELS).toSorted())
    expect([groupOf('link-mtu'), groupOf('partition'), groupOf('agent-kill'), groupOf('filter'), groupOf('service-add')])
      .toEqual(['Links', 'Nodes', 'Agents and sessions', 'Network filters', 'Policies and services'])
  })

  test('say what a lab lacks for them', () => {
    expect([whatLacks('partition'), whatLacks('policy-add'), whatLacks('session-reset')])
      .toEqual(['no node in the lab', 'no policy in the lab', 'needs a node and a peer'])
  })

  test('have an icon each, and one for those nobody knows', () => {
    expect(faultIcon('node-crash')).not.toBe(faultIcon('partition'))
    expect(faultIcon('flood')).toBe('fault')
  })
})

describe('an agent that ends', () => {
  const noteOf = (agent: string) => {
    const { lab } = parseLab(`${sampleText}  faults:\n    - {at: 10ms, kind: agent-kill, node: node-1, agent: ${agent}}\n`)
    return idleNote(lab!, 0)
  }

  test('is said to change nothing for variants that do not run it', () => {
    expect(noteOf('bird')).toBe('Nothing changes for host: no bird runs there.')
    expect(noteOf('kubelet')).toBeUndefined()
  })

  test('is a problem of the lab, not a note, where no variant runs it', () => expect(noteOf('flanneld')).toBeUndefined())
})
