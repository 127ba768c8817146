export { default as ClusterExportDialog } from './ClusterExportDialog.vue'
