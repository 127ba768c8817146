export { default as FaultForm } from './FaultForm.vue'
export { default as FaultsPanel } from './FaultsPanel.vue'
