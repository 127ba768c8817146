export { default as VariantForm } from './VariantForm.vue'
export { default as VariantStrip } from './VariantStrip.vue'
