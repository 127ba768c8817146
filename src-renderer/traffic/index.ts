export { default as TrafficForm } from './TrafficForm.vue'
export { default as TrafficPanel } from './TrafficPanel.vue'
