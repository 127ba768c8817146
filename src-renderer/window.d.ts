import type { LabBridge } from '#shared/contract/lab-api'

declare global {
  interface Window {
    /** What the preload exposes: the calls and events of the contract. */
    readonly lab: LabBridge
  }
}
