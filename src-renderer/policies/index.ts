export { default as PolicyBuilder } from './build/PolicyBuilder.vue'
export { default as PoliciesView } from './PoliciesView.vue'
