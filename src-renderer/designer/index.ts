export { CANVAS_SHORTCUTS } from './canvas-shortcuts'
export { default as DesignerView } from './DesignerView.vue'
