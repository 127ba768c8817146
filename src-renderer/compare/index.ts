export { default as ResultsView } from './ResultsView.vue'
