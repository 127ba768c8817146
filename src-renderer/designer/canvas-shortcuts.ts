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
  left: { label: 'Move left by a step', keys: ['ArrowLeft'] },
  right: { label: 'Move right by a step', keys: ['ArrowRight'] },
  up: { label: 'Move up by a step', keys: ['ArrowUp'] },
  down: { label: 'Move down by a step', keys: ['ArrowDown'] },
  farLeft: { label: 'Move left by ten steps', keys: ['Shift+ArrowLeft'] },
  farRight: { label: 'Move right by ten steps', keys: ['Shift+ArrowRight'] },
  farUp: { label: 'Move up by ten steps', keys: ['Shift+ArrowUp'] },
  farDown: { label: 'Move down by ten steps', keys: ['Shift+ArrowDown'] },
  alignLeft: { label: 'Align left', keys: ['Alt+ArrowLeft'] },
  alignRight: { label: 'Align right', keys: ['Alt+ArrowRight'] },
  alignTop: { label: 'Align top', keys: ['Alt+ArrowUp'] },
  alignBottom: { label: 'Align bottom', keys: ['Alt+ArrowDown'] },
  spreadAcross: { label: 'Space evenly across', keys: ['Alt+H'] },
  spreadDown: { label: 'Space evenly down', keys: ['Alt+V'] },
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
