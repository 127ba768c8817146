import { expect, it } from 'vitest'

import { recordText } from '#main/cli/routes-record'
import type { RecordedNode } from '#shared/contract/control-plane'

const NOTHING = { kind: 'node', routes: [], paths: [], sessions: [], messages: [], ranges: [], borrowed: [] } as const satisfies Partial<RecordedNode>

it('A record says what agents hold with its source, or that nobody has published it, and which tables are full', () => {
  const text = recordText({
    schema: 'cnilab/control-plane/v1', variant: 'cilium', durationSeconds: 1, convergedAfterSeconds: 0, changes: [],
    identities: { inUse: 3, limit: 65_280, podsWithout: 1 },
    nodes: [{
      ...NOTHING,
      name: 'node-1',
      agents: [
        { agent: 'cilium-agent', running: [{ fromSeconds: 0 }], memoryBytes: 260 * 2 ** 20, cpuSeconds: 0.003, source: 'a report' },
        { agent: 'kubelet', running: [{ fromSeconds: 0 }] },
      ],
      tables: [{ table: 'cilium_policy_v2', entries: 128, capacity: 128, missing: 130, bytes: 8192 }],
    }],
  } as unknown as Parameters<typeof recordText>[0])
  expect(text).toMatch(/node-1 +cilium-agent +260 +0\.003\n/u)
  expect(text).toMatch(/kubelet +not cited +not cited\n/u)
  expect(text).toContain('cilium-agent: a report\n')
  expect(text).toMatch(/cilium_policy_v2 +128 +128 +130 +8\n/u)
  expect(text).toContain('Identities: 3 of 65280 in use; 1 pods without one.')
})
