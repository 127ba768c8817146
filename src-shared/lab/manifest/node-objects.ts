import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import type { Origins } from './origins'
import { findingAt, isOfKind, shown, titleOf, type PlacedObject } from './placed-object'

/** Nodes with what objects say of them beside what the lab says. */
export interface DescribedNodes {
  readonly nodes: readonly PlainValue[]
  readonly findings: readonly Finding[]
}

/** The label that says which cluster a node reflects routes for, as calico-node's annotation does. */
const REFLECTOR = 'projectcalico.org/RouteReflectorClusterID'
/** Where the AS number of a node's speaker stands, and that cluster: calico-node's annotations, or a Node of Calico's own. */
const ASN_FIELDS = [['metadata', 'annotations', 'projectcalico.org/ASNumber'], ['spec', 'bgp', 'asNumber']]
const REFLECTOR_FIELDS = [['metadata', 'annotations', REFLECTOR], ['spec', 'bgp', 'routeReflectorClusterID']]
/** What the node controller puts on a node that is cordoned. */
const CORDONED: PlainMapping = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

/**
 * Puts the labels, taints, AS number and blocks of pod addresses of Node objects, Kubernetes' and Calico's, onto the lab's nodes of those names. What
 * the lab says itself wins. `takesBlocks`: whether plugins give pods addresses of their node's `podCIDR`.
 */
export function describeNodes(
  nodes: readonly PlainValue[],
  objects: readonly PlacedObject[],
  path: DocumentPath,
  origins: Origins,
  takesBlocks: boolean,
): DescribedNodes {
  const given = objects.filter((placed) => isOfKind(placed, '', 'Node') || isOfKind(placed, 'projectcalico.org', 'Node'))
  if (given.length === 0) return { nodes, findings: [] }
  const described = [...nodes]
  const findings = given.flatMap((placed): Finding[] => {
    const name = valueAt(placed.object, ['metadata', 'name'])
    const index = nodes.findIndex((node) => valueAt(node, ['name']) === name)
    const node = described[index]
    if (!isMapping(node)) {
      const message = `${titleOf(placed)} is not used: the lab has no node of this name.`
      return [findingAt(placed, ['metadata', 'name'], { code: 'unused-object', message })]
    }
    const merged = new NodeMerge(node, placed, [...path, index], origins)
    described[index] = merged.result(takesBlocks)
    return merged.findings
  })
  return { nodes: described, findings }
}

class NodeMerge {
  readonly findings: Finding[] = []
  private readonly node: PlainMapping
  private readonly placed: PlacedObject
  private readonly path: DocumentPath
  private readonly origins: Origins

  constructor(node: PlainMapping, placed: PlacedObject, path: DocumentPath, origins: Origins) {
    this.node = node
    this.placed = placed
    this.path = path
    this.origins = origins
  }

  result(takesBlocks: boolean): PlainMapping {
    const { node } = this
    const { object } = this.placed
    const asnField = ASN_FIELDS.find((field) => valueAt(object, field) !== undefined)
    const asn = asnField && Number(valueAt(object, asnField))
    const taints = this.taints()
    const blocks = takesBlocks ? podBlocks(object) : []
    return {
      ...node,
      labels: this.labels(),
      ...(node['asn'] === undefined && asnField !== undefined && Number.isInteger(asn) && { asn: this.from('asn', asn!, asnField) }),
      ...(node['taints'] === undefined && taints.length > 0 && { taints: this.from('taints', taints, ['spec', 'taints']) }),
      ...(node['podBlocks'] === undefined && blocks.length > 0 && { podBlocks: this.from('podBlocks', blocks, ['spec', 'podCIDR']) }),
    }
  }

  private labels(): PlainMapping {
    const { object } = this.placed
    const own = isMapping(this.node['labels']) ? this.node['labels'] : {}
    const labels = valueAt(object, ['metadata', 'labels'])
    const reflectorField = REFLECTOR_FIELDS.find((field) => valueAt(object, field) !== undefined)
    const reflects = reflectorField && valueAt(object, reflectorField)
    const given = { ...(isMapping(labels) ? labels : {}), ...(reflects === undefined ? {} : { [REFLECTOR]: reflects }) }
    for (const [key, value] of Object.entries(given)) {
      const field = key === REFLECTOR && reflectorField !== undefined ? reflectorField : ['metadata', 'labels', key]
      if (own[key] === undefined) this.origins.add([...this.path, 'labels', key], this.placed, field)
      else if (own[key] !== value) {
        const message = `${titleOf(this.placed)} does not set the label ${key}: the lab has ${key}: ${shown(own[key])}.`
        this.findings.push(findingAt(this.placed, field, { code: 'unused-object', message }))
      }
    }
    return { ...given, ...own }
  }

  private taints(): PlainValue[] {
    const { object } = this.placed
    const taints = valueAt(object, ['spec', 'taints'])
    // Kubernetes notes when it added a taint.
    const given = isList(taints) ? taints.map((taint) => (isMapping(taint) ? without(taint, 'timeAdded') : taint)) : []
    const isCordoned = valueAt(object, ['spec', 'unschedulable']) === true
    const isSaid = given.some((taint) => valueAt(taint, ['key']) === CORDONED['key'])
    return isCordoned && !isSaid ? [...given, CORDONED] : given
  }

  private from<Value extends PlainValue>(field: string, value: Value, origin: readonly string[]): Value {
    this.origins.add([...this.path, field], this.placed, origin)
    return value
  }
}

function podBlocks(node: PlainMapping): PlainValue[] {
  const several = valueAt(node, ['spec', 'podCIDRs'])
  const one = valueAt(node, ['spec', 'podCIDR'])
  const blocks = isList(several) ? several : one === undefined ? [] : [one]
  return blocks.filter((block) => typeof block === 'string' && !block.includes(':'))
}

function without(mapping: PlainMapping, key: string): PlainMapping {
  return Object.fromEntries(Object.entries(mapping).filter(([other]) => other !== key))
}
