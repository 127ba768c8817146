import { counted, humanCount } from '../../analysis/index'
import type { ControlPlaneFacts, VariantFacts } from '../../contract/comparison'
import { NO_LAB, type CellContent, type Detail } from '../cell'
import type { ComparedVariant } from '../compared'
import { devicesOn, directionsOf, nodesOf } from '../read-way'

/** The moving parts on a node: kinds of devices, daemons, routes, rules, maps. */
export function complexityCell({ facts }: ComparedVariant): CellContent {
  if (facts === undefined) return NO_LAB
  const devices = deviceKinds(facts)
  const { controlPlane } = facts
  if ('refused' in controlPlane) return { lines: [counted(devices.length, 'kind of device', 'kinds of devices')], details: [], missing: controlPlane.refused }
  const daemons = daemonsOf(controlPlane)
  return {
    lines: [
      `${counted(daemons.length, 'daemon')}: ${daemons.join(', ')}`,
      `${counted(devices.length, 'kind of device', 'kinds of devices')}: ${devices.join(', ')}`,
      tablesText(controlPlane),
    ],
    details: [
      ...controlPlane.tables.map(({ table, entries, capacity }): Detail => (
        { what: tableName(table), value: `${humanCount(entries)}${capacity === undefined ? '' : ` of at most ${humanCount(capacity)}`}`, from: 'control plane' }
      )),
      ...facts.ways.map(({ from, to, request }): Detail => ({ what: `Stages on hosts, ${from} → ${to}`, value: humanCount(request.stages.length), from: 'packet' })),
    ],
  }
}

/** Kinds of devices that packets of any way cross on nodes. */
function deviceKinds({ ways }: VariantFacts): string[] {
  const all = ways.flatMap(directionsOf).flatMap((direction) => nodesOf(direction).flatMap((node) => devicesOn(direction, node)))
  return [...new Set(all)]
}

/** The daemons of the plugin and of services; a pod whose processes are listed is not one itself, and kubelet is everywhere. */
function daemonsOf({ agents }: ControlPlaneFacts): string[] {
  return agents.map(({ agent }) => agent).filter((agent) => agent !== 'kubelet' && agent !== 'calico-node')
}

function tablesText({ tables }: ControlPlaneFacts): string {
  const sum = (matches: (table: string) => boolean): number => tables.reduce((total, { table, entries }) => (matches(table) ? total + entries : total), 0)
  const maps = tables.filter(({ table }) => isMap(table))
  return [
    counted(sum((table) => table === 'routes'), 'route'),
    `${humanCount(sum((table) => table.endsWith(' rules')))} service rules`,
    ...(maps.length > 0 ? [`${counted(maps.length, 'BPF map')} with ${humanCount(sum(isMap))} entries`] : []),
  ].join(', ')
}

function tableName(table: string): string {
  return table.endsWith(' rules') ? `${table} of kube-proxy` : table
}

function isMap(table: string): boolean {
  return table.startsWith('cali_') || table.startsWith('cilium_')
}
