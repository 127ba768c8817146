import { chordLabel } from '#renderer/composables/keys'
import { isMac } from '#renderer/composables/useKeymap'
import { usualFault } from '#renderer/stores/edits/new-fault'
import type { OutlineObject } from '#renderer/stores/outline'
import type { IconName, MenuAction, MenuItem } from '#renderer/ui/index'

import { CANVAS_SHORTCUTS, type CanvasAction } from './canvas-shortcuts'
import { countSized } from './useArrange'
import type { CanvasActions } from './useCanvasActions'

const GROUPABLE: ReadonlySet<string> = new Set(['switch', 'node', 'external'])

/** The context menu of the canvas: about what is selected, or about the canvas when nothing is. */
export function canvasMenu(actions: CanvasActions, selected: readonly OutlineObject[], canPaste: boolean): readonly MenuItem[] {
  const item = (name: CanvasAction, icon?: IconName, more: Partial<MenuAction> = {}): MenuAction => ({
    label: CANVAS_SHORTCUTS[name].label,
    shortcut: chordLabel(CANVAS_SHORTCUTS[name].keys[0], isMac),
    run: () => void actions[name](),
    ...(icon === undefined ? {} : { icon }),
    ...more,
  })
  const separator = { separator: true } as const
  const paste = item('paste', 'paste', { disabled: !canPaste })
  if (selected.length === 0) {
    return [
      paste, item('note', 'note'), separator,
      item('selectAll'), item('tidy', 'tidy'), separator,
      item('fit', 'fit'), item('zoomActualSize'),
    ]
  }
  const [only] = selected
  const linkable = selected.length === 1 && ['switch', 'node', 'external', 'service', 'policy', 'workload'].includes(only!.kind)
  return [
    ...(selected.length === 1 ? [item('rename', 'edit')] : []),
    ...(linkable ? [item('link', 'link')] : []),
    ...(selected.length === 1 && usualFault(only!) !== undefined ? [item('fail', 'fault')] : []),
    separator,
    item('cut', 'cut'), item('copy'), paste, item('duplicate', 'duplicate'),
    separator,
    ...(selected.length > 1 ? [
      item('alignLeft'), item('alignCentres'), item('alignRight'),
      item('alignTop'), item('alignMiddles'), item('alignBottom'),
      item('spreadAcross'), item('spreadDown'),
      ...(countSized(selected) > 1 ? [item('sameWidth'), item('sameHeight')] : []),
      separator,
    ] : []),
    ...(selected.some(({ kind }) => GROUPABLE.has(kind)) && selected.length > 1 ? [item('group', 'group')] : []),
    ...(selected.some(({ kind }) => kind === 'group') ? [item('ungroup')] : []),
    ...(selected.some(({ kind }) => kind === 'rack' || kind === 'namespace' || kind === 'group') ? [item('collapse', 'collapse')] : []),
    item('lock', 'lock'), ...(selected.length > 1 ? [item('tidy', 'tidy')] : []),
    separator,
    item('fitSelection', 'fit'),
    separator,
    item('remove', 'trash', { danger: true }),
  ]
}
