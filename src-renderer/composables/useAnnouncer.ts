import { readonly, ref, type Ref } from 'vue'

/** What `useAnnouncer` gives. */
export interface Announcer {
  /** What the live region of the window says now. */
  readonly message: Readonly<Ref<string>>
  /** Has screen readers say a sentence when they have finished the current one. */
  announce: (sentence: string) => void
}

const message = ref('')

/** Speaks to screen readers through the one live region of the window. */
export function useAnnouncer(): Announcer {
  function announce(sentence: string): void {
    // A region that gets the text it already has stays silent; a trailing space makes it another text.
    message.value = message.value === sentence ? `${sentence} ` : sentence
  }
  return { message: readonly(message), announce }
}
