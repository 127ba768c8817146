import { parseLab } from '#shared/lab/parse-lab'
import type { Lab } from '#shared/lab/record/lab'
import { stringify } from 'yaml'

/** The lab that a spec makes. Throws with all problems where it is not valid. */
export function makeLab(spec: object): Lab {
  const { lab, problems } = parseLab(
    stringify({ apiVersion: 'cnilab.dev/v1alpha1', kind: 'Lab', metadata: { name: 'test' }, spec }),
  )
  if (lab === undefined) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return lab
}

/** Nodes `node-1` … with an uplink each to one of the switches, in turn. */
export function nodesOn(switches: readonly string[], count: number, more: object = {}): object[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index + 1}`,
    uplinks: [{ switch: switches[index % switches.length] }],
    ...more,
  }))
}

/** A fabric in which every leaf is linked to every spine. */
export function leafSpine(
  leaves: number,
  spines: number,
): { switches: object[]; links: object[]; leafNames: string[] } {
  const leafNames = Array.from({ length: leaves }, (_, index) => `leaf-${index + 1}`)
  const spineNames = Array.from({ length: spines }, (_, index) => `spine-${index + 1}`)
  return {
    leafNames,
    switches: [
      ...leafNames.map((name) => ({ name, role: 'tor' })),
      ...spineNames.map((name) => ({ name, role: 'spine' })),
    ],
    links: leafNames.flatMap((leaf) => spineNames.map((spine) => ({ ends: [leaf, spine] }))),
  }
}
