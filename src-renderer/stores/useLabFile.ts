import { onScopeDispose, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import { finishTyping } from '#renderer/composables/finish-typing'
import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useToasts } from '#renderer/composables/useToasts'
import type { Answer } from '#shared/contract/call'
import type { OpenedDocument } from '#shared/contract/document'
import type { MenuCommand } from '#shared/contract/menu'

import { useDocumentStore } from './document'

/** How long after an edit the draft is kept, so that a burst of edits is written once. */
const DRAFT_DELAY_MS = 800

/** Opening and saving the lab. */
export interface LabFile {
  /** Shows the lab to start with, keeps drafts and the unsaved mark, and follows what main asks of the window. */
  readonly connect: (onMenuCommand: (command: MenuCommand) => void) => Promise<void>
  readonly create: (from: 'empty' | 'example') => Promise<void>
  /** Opens a lab made in the window. Answers whether it is open now. */
  readonly createFrom: (name: string, text: string) => Promise<boolean>
  readonly open: () => Promise<void>
  readonly openAt: (path: string) => Promise<void>
  /** Opens a file that was dropped on the window. */
  readonly openDropped: (file: File) => Promise<void>
  readonly save: (as: boolean) => Promise<void>
}

/** The file of the open lab. What main refuses is shown and leaves the open lab as it is. */
export function useLabFile(): LabFile {
  const document = useDocumentStore()
  const { show } = useToasts()
  const { announce } = useAnnouncer()

  function unsaved(): string | null {
    finishTyping()
    return document.edited ? document.text : null
  }

  function take(answer: Answer<OpenedDocument | null>): void {
    if (!answer.ok) fail(answer.error)
    if (!answer.ok || answer.value === null) return
    document.show(answer.value)
    announce(`Opened ${answer.value.name}`)
  }

  function fail(error: { readonly message: string; readonly problems?: readonly { readonly line: number; readonly message: string }[] }): void {
    const [first] = error.problems ?? []
    show({ text: first === undefined ? error.message : `${error.message} Line ${first.line}: ${first.message}`, tone: 'error' })
  }

  async function create(from: 'empty' | 'example'): Promise<void> {
    take(await labBridge().newDocument({ from, unsaved: unsaved() }))
  }

  async function createFrom(name: string, text: string): Promise<boolean> {
    const answer = await labBridge().newDocumentFrom({ name, text, unsaved: unsaved() })
    take(answer)
    return answer.ok && answer.value !== null
  }

  async function open(): Promise<void> {
    take(await labBridge().openDocument({ unsaved: unsaved() }))
  }

  async function openAt(path: string): Promise<void> {
    take(await labBridge().openDocumentAt({ path, unsaved: unsaved() }))
  }

  async function openDropped(file: File): Promise<void> {
    const path = labBridge().pathOfFile(file)
    if (path === '') show({ text: `${file.name} is not a file on this computer.`, tone: 'error' })
    else await openAt(path)
  }

  async function save(as: boolean): Promise<void> {
    // A key may come before the lab to start with has.
    if (document.document === undefined) return
    finishTyping()
    const { text } = document
    const answer = await labBridge().saveDocument({ text, as })
    if (!answer.ok) fail(answer.error)
    if (!answer.ok || answer.value === null) return
    document.saved(answer.value, text)
    announce(`Saved ${answer.value.name}`)
  }

  async function connect(onMenuCommand: (command: MenuCommand) => void): Promise<void> {
    const bridge = labBridge()
    const endings = [
      bridge.on('closeRequested', () => void bridge.closeWindow({ unsaved: unsaved() })),
      bridge.on('menuCommand', onMenuCommand),
      bridge.on('openRequested', ({ path }) => void openAt(path)),
    ]
    onScopeDispose(() => endings.forEach((end) => end()))
    keepDrafts()
    take(await bridge.getStartDocument())
  }

  function keepDrafts(): void {
    let pending: ReturnType<typeof setTimeout> | undefined
    let refused = false
    /** A refusal is said once, until a draft is kept again. */
    async function keep(): Promise<void> {
      const answer = await labBridge().keepDraft({ text: document.text })
      if (!answer.ok && !refused) fail(answer.error)
      refused = !answer.ok
    }
    watch(() => document.edited, (edited) => void labBridge().setDocumentEdited({ edited }))
    watch(() => document.text, () => {
      clearTimeout(pending)
      if (document.edited) pending = setTimeout(() => void keep(), DRAFT_DELAY_MS)
    })
    onScopeDispose(() => clearTimeout(pending))
  }

  return { connect, create, createFrom, open, openAt, openDropped, save }
}
