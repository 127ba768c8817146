/**
 * Has a field that is being written in commit its text, as leaving it would, and keeps the focus there: before the lab
 * is saved, run or closed, what was typed last is part of it.
 */
export function finishTyping(): void {
  const field = document.activeElement
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return
  field.blur()
  field.focus()
}
