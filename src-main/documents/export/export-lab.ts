import type { ClusterFiles, ExportTarget } from '#shared/contract/cluster-export'
import type { Lab, Variant } from '#shared/lab/index'

import { exportContainerlab } from './containerlab'
import { exportKind } from './kind-config'
import { LabExport } from './lab-export'
import { exportManifests } from './manifests'
import { exportCalico, exportHelm } from './plugin-files'

type Exporter = (made: LabExport, lab: Lab, variants: readonly Variant[]) => void

const EXPORTERS: Readonly<Record<ExportTarget, Exporter>> = {
  kind: exportKind,
  helm: exportHelm,
  calico: exportCalico,
  containerlab: exportContainerlab,
  manifests: exportManifests,
}

/** A part of a lab, who has it, and what it is. */
interface Part {
  readonly path: readonly string[]
  readonly targets: readonly ExportTarget[]
  readonly isThere: (lab: Lab) => boolean
  readonly what: string
}

const PARTS: readonly Part[] = [
  { path: ['fabric'], targets: ['containerlab'], isThere: ({ fabric }) => fabric.links.length > 0, what: 'switches and links' },
  { path: ['nodes'], targets: ['kind', 'containerlab'], isThere: ({ nodes }) => nodes.length > 0, what: 'nodes' },
  { path: ['cluster', 'workloads'], targets: ['manifests'], isThere: ({ cluster }) => cluster.workloads.length > 0, what: 'workloads' },
  { path: ['cluster', 'manifests'], targets: ['manifests'], isThere: ({ cluster }) => cluster.manifests.length > 0, what: 'services, policies and other objects' },
  { path: ['external'], targets: ['containerlab'], isThere: ({ external }) => external.length > 0, what: 'hosts outside the cluster' },
  { path: ['traffic'], targets: ['manifests'], isThere: ({ traffic }) => traffic.length > 0, what: 'traffic' },
  { path: ['faults'], targets: [], isThere: ({ faults }) => faults.length > 0, what: 'faults' },
]

/** Makes the files of a target of a lab; where plugins matter, for each of the variants. */
export function exportLab(lab: Lab, variants: readonly Variant[], target: ExportTarget): ClusterFiles {
  const made = new LabExport()
  EXPORTERS[target](made, lab, variants)
  for (const { path, targets, isThere, what } of PARTS) {
    if (targets.includes(target) || !isThere(lab)) continue
    const where = targets.length === 0 ? 'no tool has a file for it' : `see those for ${targets.join(' and ')}`
    made.warn(targets.length === 0 ? 'not-exported' : 'in-other-file', ['spec', ...path], `Not in these files: ${what}; ${where}.`)
  }
  return made
}
