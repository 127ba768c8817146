import type { LabCallName, LabEventName } from './lab-api'

/**
 * The names of the contract as values, without its schemas: all that the preload needs. The types make a name that is
 * missing here, or too many, a compile error.
 */
const calls: Readonly<Record<LabCallName, true>> = {
  getAppInfo: true,
  getSettings: true,
  changeSettings: true,
  getStartDocument: true,
  newDocument: true,
  newDocumentFrom: true,
  openDocument: true,
  openDocumentAt: true,
  saveDocument: true,
  listRecentDocuments: true,
  clearRecentDocuments: true,
  setDocumentEdited: true,
  keepDraft: true,
  closeWindow: true,
  exportFile: true,
  exportPdf: true,
  makeClusterFiles: true,
  saveClusterFiles: true,
  startRun: true,
  stopRun: true,
  listRuns: true,
  getRun: true,
  deleteRun: true,
  compareRun: true,
  stopComparison: true,
  tracePacket: true,
  listInterfaces: true,
  getCapture: true,
  traceCaptured: true,
  findWireshark: true,
  openInWireshark: true,
  reachLab: true,
  explainReach: true,
  reachImpact: true,
  checkPolicies: true,
  policyArrows: true,
  stopReach: true,
  recordControlPlane: true,
  scaleControlPlane: true,
  stopControlPlane: true,
}

const events: Readonly<Record<LabEventName, true>> = {
  menuCommand: true,
  settingsChanged: true,
  closeRequested: true,
  openRequested: true,
  runProgress: true,
  runFinished: true,
  questionProgress: true,
}

/** Every call of the contract. */
export const labCallNames = Object.keys(calls) as readonly LabCallName[]

/** Whether a string names an event of the contract. */
export function isLabEventName(name: string): name is LabEventName {
  return Object.hasOwn(events, name)
}

/** How the channel of a call is named on the wire. */
export function callChannel(name: LabCallName): string {
  return `lab:call:${name}`
}

/** How the channel of an event is named on the wire. */
export function eventChannel(name: LabEventName): string {
  return `lab:event:${name}`
}
