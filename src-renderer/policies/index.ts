export { default as PoliciesView } from './PoliciesView.vue'
