export { default as PalettePanel } from './PalettePanel.vue'
