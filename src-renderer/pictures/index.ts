export { default as PictureDialog } from './PictureDialog.vue'
