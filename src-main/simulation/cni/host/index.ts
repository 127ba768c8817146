import { BARE_HOST_PATHS, hostConnection } from '../common/bare-connection'
import type { CniModel } from '../common/cni-model'
import { COMMON_DEVICES } from '../common/device'

/** No plugin: pods run in the host network. */
export const HOST_MODEL: CniModel<'none'> = {
  cni: 'none',
  connect(cluster) {
    return {
      network: {
        connection: (client, server) => hostConnection(cluster, client, server, () => BARE_HOST_PATHS),
        podAddress: () => undefined,
        memory: 'none',
        devices: COMMON_DEVICES,
        deviceName: (device) => device,
        podRoutes: [],
      },
      findings: [],
    }
  },
}
