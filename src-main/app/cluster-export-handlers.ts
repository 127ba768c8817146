import { clusterFiles } from '#main/documents/export/cluster-files'
import { saveClusterFiles, type ExportDialogs } from '#main/documents/export/save-cluster-files'
import type { clusterExportCalls, ClusterFiles, ClusterOrder } from '#shared/contract/cluster-export'
import type { LabHandlers } from '#shared/contract/lab-api'

import { manifestsBeside, type LabFile } from './lab-files'

/** Answers each call about files for real clusters, of the open document. */
export function clusterExportHandlers(dialogs: ExportDialogs, labFile: LabFile): Pick<LabHandlers, keyof typeof clusterExportCalls> {
  const make = async (order: ClusterOrder): Promise<ClusterFiles> =>
    clusterFiles(order, (await manifestsBeside(labFile, order.text)).files ?? new Map())
  return {
    makeClusterFiles: make,
    saveClusterFiles: async (order) => saveClusterFiles((await make(order)).files, dialogs),
  }
}
