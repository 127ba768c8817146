export { default as TextPanel } from './TextPanel.vue'
