export { default as ControlPlaneView } from './ControlPlaneView.vue'
