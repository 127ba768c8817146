import type { LabBridge } from '#shared/contract/lab-api'

/**
 * The calls and events of the main process, as the preload exposes them. Read at each use, so that nothing depends on
 * the order in which modules load.
 */
export function labBridge(): LabBridge {
  return window.lab
}
