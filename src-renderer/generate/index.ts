export { default as GenerateDialog } from './GenerateDialog.vue'
