export { default as DesignerView } from './DesignerView.vue'
