export { applyChange, squashChanges, type AppliedChange, type LabChange, type LabOperation } from './change/lab-change'
export { difference as textDifference } from './change/text-edit'
export type { PlainMapping, PlainValue } from './change/plain-value'
export type { DocumentPath } from './document-path'
export { formatPath, parsePath } from './document-path'
export {
  addExternal,
  addFault,
  addGroup,
  addNamespace,
  addNode,
  addNote,
  addObjects,
  addPolicy,
  addRack,
  addService,
  addShape,
  addSwitch,
  addTraffic,
  addVariant,
  addWorkload,
  type NewPlacement,
} from './edit/add'
export { assignRack, moveElements, moveEntry, setField, type ElementMove } from './edit/arrange'
export { bendLink, straightenLinks } from './edit/bends'
export { connect, whyNotConnect } from './edit/connect'
export type { LabEdit } from './edit/edit'
export { wishedPolicies, type PolicyDialect, type PolicyEnd, type PolicyPort, type PolicyWish } from './edit/new-policy'
export { elementAt, isSameElement, namesOf, pathOf, uniqueName, type ElementRef, type NamedKind } from './edit/element'
export { removeElements } from './edit/remove'
export { assignNamespace, renameElement, whyNotAssignNamespace, whyNotRename, type NamedRef } from './edit/rename'
export { designFindings } from './design/design-findings'
export { fieldDoc } from './field-docs'
export { labJsonSchema } from './json-schema'
export type { ManifestFiles } from './manifest/expand'
export { readManifestText } from './manifest/manifest-text'
export { missingManifests } from './manifest/missing-manifests'
export { POLICY_KINDS, policyKindOf, policySchema, type FieldSchema, type PolicyKind } from './manifest/policy-schemas'
export { fitsNoNode, WORKLOAD_KINDS, workloadSource, type NodeSource } from './manifest/workloads'
export { ENFORCING_CNIS, MODELLED_OBJECTS, UNUSED_OBJECTS } from './modelled'
export { labHash } from './lab-hash'
export { toLabelName, type Labels } from './name-schemas'
export { HOSTNAME_LABEL, nodeLabels } from './node-labels'
export { checkDocument, parseLab, placeFindings, quickLab, validLab, type CheckedLab, type ParsedLab } from './parse-lab'
export { baseOf, readAhead, readDocument, type LabDocument } from './parse/lab-document'
export { pathAtOffset, rangeOfPath, type TextRange } from './parse/offsets'
export { nodeOfReplica, placeWorkloads } from './placement'
export { hasErrors, type Finding, type Problem } from './problem'
export { PROBLEM_CODES, type ProblemCode } from './problem-codes'
export { DEFAULT_NAMESPACE, DEFAULT_POD_CIDR, type Cluster } from './record/cluster'
export { DISCIPLINE_KINDS, OPTIONS_OF_DISCIPLINE, usualDiscipline, type Discipline, type DisciplineKind, type DisciplineOption } from './record/discipline'
export type { External } from './record/external'
export type { Fabric } from './record/fabric'
export { agentsOf, hasKubeProxy, runsAgent } from './record/agents'
export { changesObjects, LAST_IPSEC_KEY_ID, type Fault, type FaultyAgent } from './record/fault'
export { FAULT_LABELS, FAULT_SHAPES, faultLabel, faultSubject, faultTitle, type FaultField, type FaultKind, type FaultShape } from './record/fault-words'
export { LAB_API_VERSION, type Lab } from './record/lab'
export type { Link, LinkProperties, LossBursts } from './record/link'
export { isManifestFile, type Manifest, type ManifestFile, type ManifestObject } from './record/manifest'
export { formatMessageSize, isDistribution, MEASURED_SIZES, parseMessageSize } from './record/message-size'
export type { MeasuredSizes, MessageSize, SizeDistribution } from './record/message-size'
export type { Namespace } from './record/namespace'
export { BOND_HASH_POLICIES, BOND_MODES, UDP_HASHES, type Bond, type Nic, type Offloads } from './record/nic'
export { RP_FILTERS, type Cpu, type Node, type Taint } from './record/node'
export type { Rack } from './record/rack'
export type { RunSettings } from './record/run'
export type { Bfd, SharedBuffer, Switch, SwitchRole } from './record/switch'
export type { CongestionControl, Traffic, TrafficEnd, TrafficEndKind, TrafficKind, TrafficPattern } from './record/traffic'
export type { Uplink } from './record/uplink'
export { SETTINGS_SCHEMAS } from './record/variant'
export type { CalicoVariant, CiliumVariant, CniName, FlannelVariant, HostVariant, Variant } from './record/variant'
export { SHAPE_COLOURS, SHAPE_FORMS, type Group, type LinkBend, type Note, type PlacedKind, type Placement, type Shape, type View } from './record/view'
export { bandwidthOf, EGRESS_BANDWIDTH } from './record/pod-annotations'
export type { Workload, WorkloadPort } from './record/workload'
export { labErrorsText, unknownVariantsText } from './refusal-texts'
export { CALICO_SPEC_FIELDS, featureOverride, settingsOfPeer, type CalicoSettings } from './settings/calico-settings'
export { usesIpsec, type CiliumSettings } from './settings/cilium-settings'
export type { FlannelSettings } from './settings/flannel-settings'
export type { KubeProxySettings } from './settings/kube-proxy-settings'
export { withLabInPng } from './picture/png-lab'
export { labAsSvgMetadata } from './picture/svg-lab'
export { describeGenerated, generateLab } from './generate/generate-lab'
export { generatorRanges, LAB_TEMPLATES, PLAIN_GENERATOR, type GeneratorNumber, type GeneratorOptions, type LabTemplate } from './generate/generator-options'
export { givenInterfaces } from './validate/underlay'
