export { default as TrustDialog } from './TrustDialog.vue'
