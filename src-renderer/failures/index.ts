export { FAILURE_LABS } from './failure-labs'
export { default as FailureGallery } from './FailureGallery.vue'
export { default as GuidePanel } from './GuidePanel.vue'
