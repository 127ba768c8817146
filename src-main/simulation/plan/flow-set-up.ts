import type { Lab, Variant } from '#shared/lab/index'

import { dataPlaneChange, ipsecKeys, labChanges, type DataPlaneChange, type DeliveredChange } from '../agents/index'
import type { ClusterView, CniNetwork } from '../cni/common/index'
import { connectVariant } from '../cni/index'
import type { Pod } from '../kubernetes/index'
import { findAttachment, type Attachment } from '../topology/index'
import type { Calibration } from './calibration'
import { ChangingFlows } from './changing-flows'
import { DirectionBuilder } from './direction-builder'
import type { FlowContext, FlowWays } from './flow-builder'
import { MessageSizes } from './message-sizes'
import { TIMELINE_SEED } from './plane-of-run'
import type { PolicyViews } from './policy-views'
import { ProgramCompiler } from './program-compiler'
import { ServiceDirectory } from './service-directory'
import { ServiceSteps } from './service-steps'
import { TemplateBuilder } from './template-builder'
import { TrafficEnds } from './traffic-ends'

/** What flows are set up from. */
export interface FlowParts {
  readonly lab: Lab
  readonly variant: Variant
  readonly cluster: ClusterView
  readonly network: CniNetwork
  readonly successors: ReadonlyMap<number, number>
  readonly views: PolicyViews
  readonly calibration: Calibration
  readonly onFlow: ((ways: FlowWays) => void) | undefined
}

/** What flows are built with, and what of the plan they fill on their way. */
export interface FlowSetUp {
  readonly context: FlowContext
  readonly pods: readonly Pod[]
  readonly attachment: Attachment
  readonly directory: ServiceDirectory
  /** Of the cluster during the run. */
  readonly changes: readonly DeliveredChange[]
  /** Nodes change to another data plane during the run; undefined where none does. */
  readonly dataPlane: DataPlaneChange | undefined
  readonly programs: ProgramCompiler
  readonly templates: TemplateBuilder
  readonly sizes: MessageSizes
  /** The ways of all flows built so far, in the order of the plan's rows. */
  readonly flowWays: readonly FlowWays[]
}

/** Sets up what a variant's flows are built with. */
export function setUpFlows({ lab, variant, cluster, network, successors, views, calibration, onFlow }: FlowParts): FlowSetUp {
  const { pods, topology } = cluster
  const changes = labChanges(lab, variant, TIMELINE_SEED)
  const attachment = findAttachment(topology)
  const hostAddresses = topology.hosts.map(({ address }) => address)
  const directory = new ServiceDirectory({ lab, variant, pods, network, hostAddresses })
  const programs = new ProgramCompiler(calibration.costs)
  const templates = new TemplateBuilder()
  const sizes = new MessageSizes()
  const flowWays: FlowWays[] = []
  /** What depends on the variant that nodes run. */
  const running = (current: Variant, through: CniNetwork) => ({
    network: through,
    directions: new DirectionBuilder(lab, through, programs, templates),
    changes: new ChangingFlows({ variant: current, pods, changes, views, directory, successors, network: through, keys: ipsecKeys(lab, current, TIMELINE_SEED) }),
    ways: { variant: current, network: through, services: directory.services, steps: new ServiceSteps(), hostAddresses },
  })
  const context: FlowContext = {
    lab,
    topology,
    attachment,
    ends: new TrafficEnds(lab, pods, directory, successors),
    sizes,
    defaults: calibration.host,
    ...running(variant, network),
    onFlow: (ways) => {
      flowWays.push(ways)
      onFlow?.(ways)
    },
  }
  const dataPlane = dataPlaneChange(lab, variant, TIMELINE_SEED)
  const later = dataPlane && {
    change: dataPlane,
    context: { ...context, ...running(dataPlane.variant, connectVariant(dataPlane.variant, cluster).network), onFlow: undefined },
  }
  return { context: { ...context, later }, pods, attachment, directory, changes, dataPlane, programs, templates, sizes, flowWays }
}
