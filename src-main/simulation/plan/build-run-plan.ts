import { usualDiscipline, type DisciplineKind, type Finding, type Lab, type Variant } from '#shared/lab/index'
import { severityOf } from '#shared/lab/problem'
import type { PlanLabels, RunPlan } from '#shared/plan/index'

import { podHistory } from '../agents/index'
import type { ClusterView, CniNetwork } from '../cni/common/index'
import { connectVariant } from '../cni/index'
import { buildTopology, compileRouting, type Topology } from '../topology/index'
import { CALIBRATION, type Calibration } from './calibration'
import { buildSwitches, QueueTables } from './disciplines'
import { egressLimits } from './egress-limits'
import { errorPrograms } from './error-programs'
import { buildFlows, type FlowWays } from './flow-builder'
import { setUpFlows, type FlowSetUp } from './flow-set-up'
import { FlowTableBuilder } from './flow-table-builder'
import { buildApplicationCosts, buildHosts } from './hosts'
import { leastTimes } from './least-times'
import { narrowInterfaces } from './narrow-interfaces'
import { planeOfRun } from './plane-of-run'
import { PolicyViews } from './policy-views'
import { buildPorts } from './ports'
import { SwitchRoutes } from './switch-routes'
import { buildTimeline } from './timeline'
import { buildTracking } from './tracking-tables'

/** A plan and what to check before trusting it, or what keeps the variant from running. */
export type RunPlanResult =
  { readonly plan: RunPlan; readonly warnings: readonly Finding[] } | { readonly problems: readonly Finding[] }

/**
 * Builds what an engine needs to simulate one variant of a lab.
 * Requires: a valid lab. Ensures: the same lab and variant give the same plan, byte for byte.
 * Problems are what only a plan finds out: settings, kinds of traffic and ends that are not modelled, ends that the
 * variant does not connect, too few addresses. Throws where the lab has no variant of that name. `onFlow` is told of the
 * ways of every flow, in the order of the plan's rows.
 */
export function buildRunPlan(
  lab: Lab,
  variantName: string,
  calibration: Calibration = CALIBRATION,
  onFlow?: (ways: FlowWays) => void,
): RunPlanResult {
  const variantIndex = lab.variants.findIndex(({ name }) => name === variantName)
  const variant = lab.variants[variantIndex]
  if (variant === undefined) throw new Error(`The lab has no variant ${variantName}`)
  const { topology, findings: ofTopology } = buildTopology(lab)
  const { pods, successors, findings: ofPods } = podHistory(lab)
  const cluster: ClusterView = {
    topology,
    nodes: lab.nodes,
    podCidr: lab.cluster.podCIDR,
    pods,
    settingsPath: ['spec', 'variants', variantIndex, 'settings'],
    manifests: lab.cluster.manifests,
  }
  const cni = connectVariant(variant, cluster)
  const findings = [...ofTopology, ...ofPods, ...cni.findings]
  if (findings.some(isError)) return { problems: findings }

  const views = new PolicyViews(lab, variant, {
    pods,
    hostAddresses: topology.hosts.map(({ address }) => address),
    podAddress: (pod) => cni.network.podAddress(pod),
  })
  findings.push(...views.findings)
  if (findings.some(isError)) return { problems: findings }

  const setUp = setUpFlows({ lab, variant, cluster, network: cni.network, successors, views, calibration, onFlow })
  const table = new FlowTableBuilder()
  lab.traffic.forEach((traffic, index) => {
    const refusal = buildFlows(setUp.context, traffic, index, table)
    if (refusal !== undefined) findings.push(refusal)
  })
  if (findings.some(isError)) return { problems: findings }

  return { plan: assemble(lab, variant, setUp, table, calibration), warnings: findings }
}

/** The plan of flows that are all built, and of the network that they use. */
function assemble(lab: Lab, variant: Variant, setUp: FlowSetUp, table: FlowTableBuilder, calibration: Calibration): RunPlan {
  const { context, attachment, directory, changes, dataPlane } = setUp
  const { topology, network: cni } = context
  const tables = new QueueTables(lab.traffic.some(({ dscp }) => dscp !== undefined))
  const hosts = buildHosts(withDiscipline(lab, cni.discipline), topology, cni.memory, calibration, tables)
  const ports = buildPorts(topology, hosts.coreCount, tables)
  const plane = planeOfRun(lab, variant, topology, changes)
  const switchRoutes = plane && new SwitchRoutes(lab, variant, topology, plane)
  const forwarding = compileRouting(topology, attachment, cni.podRoutes, switchRoutes?.at(0))
  const network = { switchCount: topology.switches.length, ports, forwarding, hosts }
  const { flows, relays, programs: programChanges } = table.finish()
  const announced = directory.services.flatMap(({ externalAddresses }) => externalAddresses)
  const headers = setUp.templates.finish()
  const limits = cni.limitsEgress === true ? egressLimits(setUp.flowWays, flows.count * 2, setUp.pods) : undefined
  const interfaceMtu = narrowInterfaces(lab, hosts.count, flows)
  const takingErrors = errorPrograms(context, flows)
  // A data plane of programs leaves the kernel's tables where they are.
  const { tracking } = context.later?.context.network ?? cni
  const compiled = setUp.programs.finish(tracking)
  return {
    planVersion: 1,
    variant: variant.name,
    durationNs: lab.run.duration,
    warmupNs: lab.run.warmup,
    binNs: binWidth(lab.run.duration),
    ...network,
    ...tables.finish(),
    switches: buildSwitches(lab.fabric.switches),
    programs: compiled.programs,
    tracking: buildTracking(tracking, compiled.looks, lab, hosts.count, calibration.host),
    application: buildApplicationCosts(hosts.count, calibration),
    templates: headers,
    flows: { ...flows, ...leastTimes(network, flows, relays) },
    ...(relays !== undefined && { relays }),
    ...(announced.length > 0 && { announced }),
    ...(limits !== undefined && { egressLimits: limits }),
    ...(interfaceMtu !== undefined && { interfaceMtu }),
    ...(takingErrors !== undefined && { errorPrograms: takingErrors }),
    sizes: setUp.sizes.finish(),
    timeline: buildTimeline(lab, {
      topology, podRoutes: cni.podRoutes, flows, relays, templates: headers, changes, programChanges, dataPlane, plane, switchRoutes,
    }),
    labels: buildLabels(lab, topology, cni),
  }
}

/** The lab with another queueing discipline on all nodes, where a plugin brings one. */
function withDiscipline(lab: Lab, kind: DisciplineKind | undefined): Lab {
  if (kind === undefined) return lab
  return { ...lab, nodes: lab.nodes.map((node) => ({ ...node, nic: { ...node.nic, qdisc: usualDiscipline(kind) } })) }
}

function isError({ code }: Finding): boolean {
  return severityOf(code) === 'error'
}

/** Bins per series, at least: enough for a smooth line in a chart of usual width. */
const LEAST_BINS = 100

/** The widest of 1, 2 or 5 times a power of ten ns that gives at least {@link LEAST_BINS} bins; 1 ns for tiny runs. */
function binWidth(durationNs: number): number {
  const limit = durationNs / LEAST_BINS
  const power = 10 ** Math.floor(Math.log10(Math.max(1, limit)))
  return [5, 2, 1].map((factor) => factor * power).find((width) => width <= limit) ?? 1
}

function buildLabels(lab: Lab, { switches, hosts, links }: Topology, { dataPlane }: CniNetwork): PlanLabels {
  const names = [...switches, ...hosts].map(({ name }) => name)
  return {
    switches: switches.map(({ name }) => name),
    hosts: hosts.map(({ name }) => name),
    isNode: hosts.map(({ kind }) => kind === 'node'),
    links: links.map(({ ends: [a, b] }) => [names[a]!, names[b]!]),
    traffic: lab.traffic.map(({ name, kind }) => ({ name, kind })),
    ...(dataPlane !== undefined && { dataPlane }),
  }
}
