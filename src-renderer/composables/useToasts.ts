import { readonly, ref, type DeepReadonly, type Ref } from 'vue'

/** A short message at the edge of the window that goes away by itself. */
export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'error'
  /** Something to do about it, while it is there. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** What `useToasts` gives. */
export interface Toasts {
  /** Oldest first. */
  readonly toasts: DeepReadonly<Ref<readonly Toast[]>>
  /** Shows a message and answers its id; the same text again replaces the one in sight. Errors stay until dismissed. */
  show: (toast: Omit<Toast, 'id' | 'tone'> & { readonly tone?: Toast['tone'] }) => number
  dismiss: (id: number) => void
}

/** Long enough to read a sentence and reach its button (WCAG 2.2.1 asks that errors are not timed; they are not). */
const LIFETIME_MS = 7000
const MOST_IN_SIGHT = 3

const toasts = ref<readonly Toast[]>([])
let lastId = 0

/** The messages of the window; there is one list of them. */
export function useToasts(): Toasts {
  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  function show(toast: Omit<Toast, 'id' | 'tone'> & { readonly tone?: Toast['tone'] }): number {
    lastId += 1
    const id = lastId
    const shown: Toast = { tone: 'plain', ...toast, id }
    toasts.value = [...toasts.value.filter(({ text }) => text !== toast.text), shown].slice(-MOST_IN_SIGHT)
    if (shown.tone !== 'error') setTimeout(() => dismiss(id), LIFETIME_MS)
    return id
  }

  return { toasts: readonly(toasts), show, dismiss }
}
