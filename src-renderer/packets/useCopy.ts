import { useToasts } from '#renderer/composables/useToasts'

/** Puts a text on the clipboard and says so; `what` begins the sentence: “The hop is …”, “The bytes are …”. */
export function useCopy(): (what: string, text: string) => Promise<void> {
  const toasts = useToasts()
  return async (what, text) => {
    try {
      await navigator.clipboard.writeText(text)
      toasts.show({ text: `${what} on the clipboard` })
    } catch {
      toasts.show({ text: 'The clipboard can’t be written.', tone: 'error' })
    }
  }
}
