import { useEventListener } from '@vueuse/core'

import { isChord, parseChord } from './keys'

/** Keys that do something. */
export interface KeyBinding {
  /** Chords as `parseChord` reads them; any of them will do. */
  readonly keys: readonly string[]
  /** Whether it works while a text is being edited; otherwise the field gets the keys. @default false */
  readonly inText?: boolean
  /** Does it. Returns false when there was nothing to do, so that the key keeps its usual meaning. */
  readonly run: () => unknown
}

/** Whether the desktop is a Mac's, where Command takes the place of Control. */
export const isMac = navigator.userAgent.includes('Mac OS')

const textInputs = 'input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable="true"]'
const overlays = '[role="dialog"], [role="menu"], [role="listbox"]'
/** Keys that mean something to these themselves: arrows, Home and End walk through them. */
const walkers = '[role="tablist"], [role="tree"], [role="toolbar"], [role="radiogroup"], [role="group"].segments'

/** Whether an element is one that text is written in. */
export function isTextInput(element: Element): boolean {
  return element.matches(textInputs) || element.closest('[contenteditable="true"]') !== null
}

/** What an event is about, also where that is in a shadow tree. */
export function innermostTarget(event: Event): Element {
  const [first] = event.composedPath()
  return first instanceof Element ? first : document.body
}

/**
 * Has the window react to keys for as long as the component is there. Dialogs, menus and text fields keep their keys.
 * @param bindings read at every key press, so that it may change.
 * @param options `first`: whether these keys come before all others, for a view that covers what else listens; by
 * default they come in their turn.
 */
export function useKeymap(bindings: () => readonly KeyBinding[], { first = false }: { readonly first?: boolean } = {}): void {
  useEventListener(window, 'keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return
    const target = innermostTarget(event)
    if (target.closest(overlays) || (/^(?:Arrow|Home$|End$)/u.test(event.key) && target.closest(walkers))) return
    const inText = isTextInput(target)
    for (const binding of bindings()) {
      if (inText && !binding.inText) continue
      if (!binding.keys.some((keys) => isChord(event, parseChord(keys), isMac))) continue
      if (binding.run() === false) continue
      event.preventDefault()
      if (first) event.stopPropagation()
      return
    }
  }, { capture: first })
}
