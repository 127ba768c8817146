export { default as ProblemsPanel } from './ProblemsPanel.vue'
