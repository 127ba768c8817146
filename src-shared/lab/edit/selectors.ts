import type { LabOperation } from '../change/lab-change'
import { isMapping, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import type { LabDocument } from '../parse/lab-document'
import { DEFAULT_NAMESPACE } from '../record/cluster'
import { edit, type LabEdit } from './edit'
import { elementAt, pathOf, textOf, type ElementRef } from './element'

/** Why an object's selector cannot be made to select a workload by its labels; undefined where it can. */
export function whyNotSelect(document: LabDocument, object: ElementRef, workload: ElementRef): string | undefined {
  const [selecting, selected] = [elementAt(document, object), elementAt(document, workload)]
  if (selecting === undefined || selected === undefined) return 'One end is not there.'
  if (selectorPath(selecting) === undefined) return `What a ${textOf(selecting, 'kind') ?? 'file'} selects is written in its YAML.`
  const namespace = textOf(selecting['metadata'], 'namespace') ?? DEFAULT_NAMESPACE
  if (isOfCluster(selecting) || namespace === (textOf(selected, 'namespace') ?? DEFAULT_NAMESPACE)) return undefined
  return `A ${textOf(selecting, 'kind') ?? ''} selects pods of its own namespace, ${namespace}.`
}

/**
 * Makes an object select a workload's pods, and nothing else, by their labels; a workload without labels gets one.
 * Requires: `whyNotSelect` has no reason.
 */
export function selectWorkload(document: LabDocument, object: ElementRef, workload: ElementRef): LabEdit {
  const [selecting, selected] = [elementAt(document, object), elementAt(document, workload)]
  const [path, workloadPath] = [pathOf(document, object), pathOf(document, workload)]
  const selector = selecting && selectorPath(selecting)
  if (selecting === undefined || selector === undefined || selected === undefined || path === undefined || workloadPath === undefined) {
    throw new Error('There is no selector to set')
  }
  const given = selected['labels']
  const name = textOf(selected, 'name') ?? 'app'
  const hasLabels = isMapping(given) && Object.keys(given).length > 0
  const labels: PlainMapping = hasLabels ? given : { app: name }
  const label: LabOperation[] = hasLabels ? [] : [{ op: 'set', path: [...workloadPath, 'labels'], value: labels }]
  const operations: LabOperation[] = [...label, { op: 'set', path: [...path, ...selector.path], value: selector.write(labels) }]
  return edit(`Let ${shortName(selecting)} select ${name}`, operations, [object])
}

interface Selector {
  readonly path: DocumentPath
  readonly write: (labels: PlainMapping) => PlainValue
}

/** Where an object says which pods it is about, and how labels are written there. */
function selectorPath(object: PlainMapping): Selector | undefined {
  const matchLabels = (labels: PlainMapping): PlainValue => ({ matchLabels: labels })
  switch (textOf(object, 'kind')) {
    case 'Service':
      return { path: ['spec', 'selector'], write: (labels) => labels }
    case 'CiliumNetworkPolicy':
    case 'CiliumClusterwideNetworkPolicy':
      return { path: ['spec', 'endpointSelector'], write: matchLabels }
    case 'GlobalNetworkPolicy':
      return { path: ['spec', 'selector'], write: calicoSelector }
    case 'NetworkPolicy': {
      const isCalico = (textOf(object, 'apiVersion') ?? '').startsWith('projectcalico.org/')
      return isCalico ? { path: ['spec', 'selector'], write: calicoSelector } : { path: ['spec', 'podSelector'], write: matchLabels }
    }
    default:
      return undefined
  }
}

/** Labels in the language of Calico's selectors. */
function calicoSelector(labels: PlainMapping): string {
  return Object.entries(labels).map(([key]) => `${key} == '${textOf(labels, key) ?? ''}'`).join(' && ')
}

function isOfCluster(object: PlainMapping): boolean {
  return ['GlobalNetworkPolicy', 'CiliumClusterwideNetworkPolicy'].includes(textOf(object, 'kind') ?? '')
}

function shortName(object: PlainMapping): string {
  return textOf(object['metadata'], 'name') ?? 'it'
}
