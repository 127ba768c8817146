import type { CiliumSettings, Finding } from '#shared/lab/index'

import { notModelled, type SettingCheck } from '../common/settings'

const CHECKS: readonly SettingCheck<CiliumSettings>[] = [
  {
    path: ['endpointRoutes', 'enabled'],
    refuses: ({ endpointRoutes }) => endpointRoutes.enabled,
    message: 'Endpoint routes are not modelled yet.',
  },
  {
    path: ['encryption', 'type'],
    refuses: ({ encryption }) => encryption.enabled && encryption.type === 'ztunnel',
    message: 'Encryption by ztunnel is not modelled yet.',
  },
  {
    path: ['hostFirewall', 'enabled'],
    refuses: ({ hostFirewall }) => hostFirewall.enabled,
    message: 'The host firewall is not modelled yet.',
  },
]

/** The settings that this model has no answer for. */
export function unmodelledSettings(settings: CiliumSettings, at: Finding['path']): Finding[] {
  return notModelled(CHECKS, settings, at)
}
