export { default as TextPanel } from './TextPanel.vue'
export { type CompletionFacts } from './yaml-completion'
export { YamlEditor } from './yaml-editor'
