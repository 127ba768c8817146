import { parsePath, type Finding, type Lab } from '#shared/lab/index'

import { fieldErrorText, type FieldError } from '../kubernetes/field-reader'
import { groupOf, isApiObject, objectTitle, type ApiObject, type ReadObject } from '../kubernetes/object'
import { readCalicoConfiguration } from './calico-configuration'
import { readBgpAdvertisement, readBgpCluster, readBgpNodeOverride, readBgpPeerConfig, readBgpPeeringPolicy } from './cilium-bgp-objects'
import { readService } from './core'
import { readLoadBalancerPool } from './load-balancer-pools'

/** Readers by group and kind; Calico stores its own objects in a group of another name. */
const READERS: Readonly<Record<string, (object: ApiObject) => ReadObject<unknown>>> = {
  '/Service': readService,
  'projectcalico.org/IPPool': readCalicoConfiguration,
  'projectcalico.org/FelixConfiguration': readCalicoConfiguration,
  'projectcalico.org/BGPConfiguration': readCalicoConfiguration,
  'projectcalico.org/BGPPeer': readCalicoConfiguration,
  'projectcalico.org/BGPFilter': readCalicoConfiguration,
  'projectcalico.org/Node': readCalicoConfiguration,
  'cilium.io/CiliumLoadBalancerIPPool': readLoadBalancerPool,
  'cilium.io/CiliumBGPClusterConfig': readBgpCluster,
  'cilium.io/CiliumBGPPeerConfig': readBgpPeerConfig,
  'cilium.io/CiliumBGPAdvertisement': readBgpAdvertisement,
  'cilium.io/CiliumBGPNodeConfigOverride': readBgpNodeOverride,
  'cilium.io/CiliumBGPPeeringPolicy': readBgpPeeringPolicy,
}

/** What the API server says against an object that is no policy. */
export function errorsOf(object: ApiObject): readonly FieldError[] {
  const group = groupOf(object).replace(/^crd\.(?=projectcalico)/u, '')
  return READERS[`${group}/${object.kind}`]?.(object).errors ?? []
}

/** What the API server says against a lab's objects, policies apart: at the field that it is about. */
export function objectErrors(lab: Lab): Finding[] {
  const manifests: readonly unknown[] = lab.cluster.manifests
  return manifests.flatMap((object, index) => (isApiObject(object) ? refusalFindings(object, index, errorsOf(object)) : []))
}

/** The errors of an object as findings, each at its field. */
export function refusalFindings(object: ApiObject, index: number, errors: readonly FieldError[]): Finding[] {
  return errors.map((error) => ({
    code: 'invalid-object',
    path: ['spec', 'cluster', 'manifests', index, ...parsePath(error.field)],
    message: `The API server refuses ${objectTitle(object)}: ${fieldErrorText(error)}.`,
  }))
}
