import { groupOf, namespaceOf, referenceOf, type ApiObject } from '#main/simulation/kubernetes/object'
import { manifestObjects } from '#main/simulation/policy/index'
import { DEFAULT_NAMESPACE, WORKLOAD_KINDS, type CniName, type Lab, type Variant } from '#shared/lab/index'

import type { LabExport } from './lab-export'
import { trafficObjects } from './traffic-objects'
import { trafficPorts } from './traffic-ports'
import { workloadObjects } from './workload-objects'

/** Groups of a plugin's own objects, which the API server takes where the plugin is installed. */
const PLUGIN_GROUPS: readonly { readonly group: RegExp; readonly cni: CniName; readonly file: string }[] = [
  { group: /(?:^|\.)projectcalico\.org$/u, cni: 'calico', file: '3-calico.yaml' },
  { group: /^cilium\.io$/u, cni: 'cilium', file: '3-cilium.yaml' },
]
/** Kinds of Calico's configuration, which the files for calico have. */
const CONFIGURATION_KINDS = ['IPPool', 'FelixConfiguration', 'BGPConfiguration', 'BGPPeer', 'BGPFilter', 'Node']

/** Objects for `kubectl apply -f FOLDER`, which takes files in the order of their names. */
export function exportManifests(made: LabExport, lab: Lab, variants: readonly Variant[]): void {
  const given = manifestObjects(lab)
  const ports = trafficPorts(made, lab)
  made.addYaml('1-namespaces.yaml', ...namespaceObjects(lab, given), ...accountObjects(lab, given))
  const workloads = lab.cluster.workloads.flatMap((workload, index) =>
    isGiven(given, workload) ? [] : workloadObjects(made, lab, workload, ports.ofWorkloads[index]!),
  )
  made.addYaml('2-workloads.yaml', ...given.filter(isWorkload), ...workloads)
  addObjects(made, lab, variants, given)
  made.addYaml('4-traffic.yaml', ...lab.traffic.flatMap((_, index) => trafficObjects(made, lab, index, ports)))
}

function isWorkload({ kind }: ApiObject): boolean {
  return WORKLOAD_KINDS.some((known) => known === kind)
}

/** Whether a workload of the lab is what an object among its manifests comes to. */
function isGiven(objects: readonly ApiObject[], { name, namespace }: { readonly name: string; readonly namespace: string }): boolean {
  return objects.some((object) => isWorkload(object) && object.metadata.name === name && namespaceOf(object) === namespace)
}

function namespaceObjects(lab: Lab, given: readonly ApiObject[]): object[] {
  const known = new Set([DEFAULT_NAMESPACE, ...given.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name)])
  const others = lab.cluster.namespaces.filter(({ name, labels }) => !known.has(name) || (name === DEFAULT_NAMESPACE && Object.keys(labels).length > 0))
  return [
    ...given.filter(({ kind }) => kind === 'Namespace'),
    ...others.map(({ name, labels }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(Object.keys(labels).length === 0 ? {} : { labels }) } })),
  ]
}

/** Service accounts that workloads have and nobody gives: pods wait for theirs. */
function accountObjects(lab: Lab, given: readonly ApiObject[]): object[] {
  const accounts = given.filter(({ kind }) => kind === 'ServiceAccount')
  const known = new Set(accounts.map(referenceOf))
  const wanted = lab.cluster.workloads.flatMap(({ namespace, serviceAccount }) =>
    serviceAccount === undefined || serviceAccount === 'default' ? [] : [`${namespace}/${serviceAccount}`],
  )
  return [...new Set(wanted)].filter((reference) => !known.has(reference)).map((reference) => {
    const [namespace, name] = reference.split('/')
    return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }
  })
}

/** Everything else that a lab's manifests hold, a file for each API that must be there. */
function addObjects(made: LabExport, lab: Lab, variants: readonly Variant[], given: readonly ApiObject[]): void {
  const rest = given.filter((object) => !isWorkload(object) && object.kind !== 'Namespace')
  const files = new Map<string, ApiObject[]>()
  for (const object of rest) {
    const at = ['spec', 'cluster', 'manifests', lab.cluster.manifests.indexOf(object)]
    const plugin = PLUGIN_GROUPS.find(({ group }) => group.test(groupOf(object)))
    if (object.kind === 'Node' && plugin === undefined) made.warn('in-other-file', at, 'Nodes are not made by objects; the files for kind have them.')
    else if (plugin?.cni === 'calico' && CONFIGURATION_KINDS.includes(object.kind)) made.warn('in-other-file', at, 'It configures Calico; the files for calico have it.')
    else if (plugin !== undefined && variants.every(({ cni }) => cni !== plugin.cni)) made.warn('not-exported', at, 'No variant chosen has the plugin that takes it.')
    else {
      const file = plugin?.file ?? '3-objects.yaml'
      files.set(file, [...(files.get(file) ?? []), object])
    }
  }
  for (const [file, objects] of files) made.addYaml(file, ...objects)
}
