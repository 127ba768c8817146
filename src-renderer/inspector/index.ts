export { default as InspectorPanel } from './InspectorPanel.vue'
