import { isManifestFile, type Finding, type Lab, type ManifestObject, type Variant } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'

import { referenceOf } from '../kubernetes/object'
import type { CompiledPolicies, LabPlaces } from '../policy/index'
import { enforcedPolicies } from './enforced-policies'

/** What a node knows of a cluster's policies; undefined where it knows of none. */
export type PolicyView = CompiledPolicies | undefined

/** What a node does not know. */
export interface MissingKnowledge {
  /** Policies that are not there, as `Kind namespace/name`. */
  readonly absent: readonly string[]
  /** A pod whose address and labels are not known. */
  readonly unknown: number | undefined
  /** The pod that had its address before, where it is taken for that one. */
  readonly takenFor?: number | undefined
}

/** A lab's policies as nodes know them that were not told of everything; those that are equal are the same object. */
export class PolicyViews {
  /** What is wrong with the lab's policies, or changes nothing. */
  readonly findings: readonly Finding[]
  private readonly lab: Lab
  private readonly variant: Variant
  private readonly places: LabPlaces
  private readonly known = new Map<string, PolicyView>()
  /** Pods by their address: several where one got that of another that is gone. */
  private readonly byAddress = new Map<Ipv4Address, number[]>()

  constructor(lab: Lab, variant: Variant, places: LabPlaces) {
    this.lab = lab
    this.variant = variant
    this.places = places
    for (const pod of places.pods.keys()) {
      const address = places.podAddress(pod)
      if (address !== undefined) this.byAddress.set(address, [...(this.byAddress.get(address) ?? []), pod])
    }
    const { compiled, findings } = enforcedPolicies(lab, variant, places)
    this.findings = findings
    this.known.set(keyOf({ absent: [], unknown: undefined }), compiled)
  }

  /** All policies, all pods. */
  get whole(): PolicyView {
    return this.at({ absent: [], unknown: undefined })
  }

  /** The view without what is missing. */
  at(missing: MissingKnowledge): PolicyView {
    const key = keyOf(missing)
    if (!this.known.has(key)) this.known.set(key, this.compile(missing))
    return this.known.get(key)
  }

  /** Other pods that have a pod's address at some time. */
  sharingAddress(pod: number): readonly number[] {
    const address = pod < 0 ? undefined : this.places.podAddress(pod)
    return address === undefined ? [] : this.byAddress.get(address)!.filter((other) => other !== pod)
  }

  private compile({ absent, unknown, takenFor }: MissingKnowledge): PolicyView {
    const manifests = this.lab.cluster.manifests.filter((manifest) => isManifestFile(manifest) || !absent.includes(mentionOf(manifest)))
    // An address that nobody has told of belongs to no pod: no selector finds it, unless it is known as another pod's.
    const former = takenFor === undefined ? undefined : this.places.pods[takenFor]
    const { labels = {}, namespace = '', serviceAccount = '' } = former ?? {}
    const pods = this.places.pods.map((pod, index) => (index === unknown ? { ...pod, labels, namespace, serviceAccount } : pod))
    return enforcedPolicies({ ...this.lab, cluster: { ...this.lab.cluster, manifests } }, this.variant, { ...this.places, pods }).compiled
  }
}

/** How a fault names an object: as a lab mentions it. */
function mentionOf(object: ManifestObject): string {
  return `${object.kind} ${referenceOf(object)}`
}

function keyOf({ absent, unknown, takenFor }: MissingKnowledge): string {
  return JSON.stringify([absent.toSorted(), unknown, takenFor])
}
