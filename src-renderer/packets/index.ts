export { default as PacketsView } from './PacketsView.vue'
