import type { Shortcut } from '#renderer/composables/shortcut'

/** What keys do on the canvas, by name. */
export const CANVAS_SHORTCUTS = {
  remove: { label: 'Delete', keys: ['Delete', 'Backspace'] },
  copy: { label: 'Copy', keys: ['Mod+C'] },
  cut: { label: 'Cut', keys: ['Mod+X'] },
  paste: { label: 'Paste', keys: ['Mod+V'] },
  duplicate: { label: 'Duplicate', keys: ['Mod+D'] },
  selectAll: { label: 'Select all', keys: ['Mod+A'] },
  clear: { label: 'Clear selection, cancel', keys: ['Escape'] },
  rename: { label: 'Rename', keys: ['F2'] },
  link: { label: 'Link to…', keys: ['L'] },
  left: { label: 'Move by a step', keys: ['ArrowLeft'] },
  right: { label: 'Move by a step', keys: ['ArrowRight'] },
  up: { label: 'Move by a step', keys: ['ArrowUp'] },
  down: { label: 'Move by a step', keys: ['ArrowDown'] },
  farLeft: { label: 'Move by ten steps', keys: ['Shift+ArrowLeft'] },
  farRight: { label: 'Move by ten steps', keys: ['Shift+ArrowRight'] },
  farUp: { label: 'Move by ten steps', keys: ['Shift+ArrowUp'] },
  farDown: { label: 'Move by ten steps', keys: ['Shift+ArrowDown'] },
  alignLeft: { label: 'Align left, right, top, bottom', keys: ['Alt+ArrowLeft'] },
  alignRight: { label: 'Align left, right, top, bottom', keys: ['Alt+ArrowRight'] },
  alignTop: { label: 'Align left, right, top, bottom', keys: ['Alt+ArrowUp'] },
  alignBottom: { label: 'Align left, right, top, bottom', keys: ['Alt+ArrowDown'] },
  spreadAcross: { label: 'Space evenly across, down', keys: ['Alt+H'] },
  spreadDown: { label: 'Space evenly across, down', keys: ['Alt+V'] },
  tidy: { label: 'Tidy up', keys: ['Shift+T'] },
  group: { label: 'Group', keys: ['Mod+G'] },
  ungroup: { label: 'Ungroup', keys: ['Mod+Shift+G'] },
  collapse: { label: 'Collapse, expand', keys: ['Shift+C'] },
  lock: { label: 'Lock in place, unlock', keys: ['Mod+L'] },
  selectTool: { label: 'Select tool', keys: ['V'] },
  handTool: { label: 'Hand tool', keys: ['H'] },
  note: { label: 'Add a note', keys: ['N'] },
  fit: { label: 'Zoom to fit', keys: ['Shift+1'] },
  fitSelection: { label: 'Zoom to selection', keys: ['Shift+2'] },
  zoomIn: { label: 'Zoom in', keys: ['Mod++', 'Mod+='] },
  zoomOut: { label: 'Zoom out', keys: ['Mod+-'] },
  zoomActualSize: { label: 'Zoom to 100 %', keys: ['Mod+0'] },
} as const satisfies Readonly<Record<string, Shortcut>>

/** The name of something that keys do on the canvas. */
export type CanvasAction = keyof typeof CANVAS_SHORTCUTS
