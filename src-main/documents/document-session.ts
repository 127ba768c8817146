import path from 'node:path'

import { CallRefused } from '#shared/contract/call-refused'
import type { OpenedDocument, SavedDocument } from '#shared/contract/document'
import type { Problem } from '#shared/lab/problem'

import type { DocumentDialogs } from './document-dialogs'
import { documentName, withDocumentExtension } from './document-name'
import type { Draft, DraftStore } from './draft-store'
import { fingerprintOf, readDocument } from './read-document'
import type { RecentDocuments } from './recent-documents'
import { isThere, settledPlace } from './settled-place'
import { reasonOf } from './system-error'
import { writeAtomically } from './write-atomically'

/** Says whether a text is a lab that can be shown, and what is wrong or doubtful in it. */
export type DocumentCheck = (text: string) => {
  readonly readable: boolean
  readonly problems: readonly Problem[]
}

/** What a document can start from; each is a readable lab. */
export type DocumentTemplate = 'empty' | 'example'

/** What a `DocumentSession` needs of the world around it. */
export interface DocumentSessionOptions {
  readonly dialogs: DocumentDialogs
  readonly drafts: DraftStore
  readonly recent: RecentDocuments
  readonly check: DocumentCheck
  /** The text of a template, and the name a lab made from it gets. */
  readonly readTemplate: (template: DocumentTemplate) => Promise<{ readonly name: string; readonly text: string }>
  readonly now: () => Date
  /** Called after every change of name, path or unsaved mark. */
  readonly onChange: (state: DocumentState) => void
}

/** What the window's frame shows of the open document. */
export interface DocumentState {
  readonly path: string | null
  readonly name: string
  readonly edited: boolean
}

interface FileOnDisk {
  readonly path: string
  readonly fingerprint: string
}

/**
 * The one open document, seen from main: where its file is, whether it has unsaved changes, and the order of questions
 * before it is replaced. The text itself lives in the window; it comes along with each verb that may need it.
 *
 * A verb that fails or is cancelled leaves the open document, its file and its draft as they were. One verb runs at a
 * time; another one meanwhile is refused with `document.busy`.
 */
export class DocumentSession {
  readonly #options: DocumentSessionOptions
  #file: FileOnDisk | null = null
  #name = 'Untitled'
  #edited = false
  #busy = false

  constructor(options: DocumentSessionOptions) {
    this.#options = options
  }

  get state(): DocumentState {
    return { path: this.#file?.path ?? null, name: this.#name, edited: this.#edited }
  }

  /**
   * What to show at start: the draft a crash left behind if the user wants it, else the given file if it opens, else
   * the example.
   */
  start(requested: string | null): Promise<OpenedDocument> {
    return this.#exclusive(async () => {
      const recovered = await this.#recover()
      if (recovered) return recovered
      if (requested !== null) {
        try {
          return await this.#openFile(requested, null) ?? (await this.#startFrom('example'))
        } catch (error) {
          if (!(error instanceof CallRefused)) throw error
          await this.#options.dialogs.showFailure(describeRefusal(error))
        }
      }
      return this.#startFrom('example')
    })
  }

  /** A new lab from a template; null if the user cancelled. */
  create(template: DocumentTemplate, unsaved: string | null): Promise<OpenedDocument | null> {
    return this.#exclusive(async () => ((await this.#leave(unsaved)) ? this.#startFrom(template) : null))
  }

  /** A new lab of a text, unsaved; null if the user cancelled. Refuses with `document.invalid`. */
  createFrom(name: string, text: string, unsaved: string | null): Promise<OpenedDocument | null> {
    return this.#exclusive(async () => {
      const { readable, problems } = this.#options.check(text)
      if (!readable) throw new CallRefused('document.invalid', `${name} is not a lab that can be opened.`, problems)
      if (!(await this.#leave(unsaved))) return null
      this.#show(null, name, true)
      return { ...this.state, text, problems }
    })
  }

  /** Lets the user choose a file and opens it; null if cancelled. */
  open(unsaved: string | null): Promise<OpenedDocument | null> {
    return this.#exclusive(async () => {
      const chosen = await this.#options.dialogs.chooseFileToOpen()
      return chosen === null ? null : this.#openFile(chosen, unsaved)
    })
  }

  /** Opens a file by its path; null if the user cancelled. */
  openAt(file: string, unsaved: string | null): Promise<OpenedDocument | null> {
    return this.#exclusive(() => this.#openFile(file, unsaved))
  }

  /** Saves; asks for a place when there is none or `as` is set. Null if cancelled. */
  save(text: string, as: boolean): Promise<SavedDocument | null> {
    return this.#exclusive(() => this.#save(text, as))
  }

  /** Whether the window may close now: true once unsaved changes are saved or given up. */
  close(unsaved: string | null): Promise<boolean> {
    return this.#exclusive(() => this.#leave(unsaved))
  }

  /** Notes whether there are unsaved changes. Back to none, by undo for instance, there is nothing to recover. */
  async setEdited(edited: boolean): Promise<void> {
    if (this.#edited === edited) return
    this.#edited = edited
    this.#changed()
    if (!edited) await this.#options.drafts.discard()
  }

  /** Keeps unsaved text where a crash can't lose it. */
  async keepDraft(text: string): Promise<void> {
    if (this.#edited) await this.#options.drafts.keep(text, this.#file?.path ?? null, this.#options.now())
  }

  /** Reads and checks first and asks second, so that a bad file costs the user nothing. */
  async #openFile(file: string, unsaved: string | null): Promise<OpenedDocument | null> {
    const { check, recent } = this.#options
    const read = await readDocument(path.resolve(file)).catch(async (error: unknown) => {
      await recent.remove(path.resolve(file))
      throw error
    })
    const { readable, problems } = check(read.text)
    if (!readable) {
      throw new CallRefused('document.invalid', `${path.basename(file)} is not a lab that can be opened.`, problems)
    }
    if (!(await this.#leave(unsaved))) return null
    await recent.add(read.path)
    // A lab from inside a picture has no file of its own yet.
    this.#show(read.isPicture ? null : read, documentName(read.path), read.isPicture)
    return { ...this.state, text: read.text, problems }
  }

  async #startFrom(template: DocumentTemplate): Promise<OpenedDocument> {
    const { name, text } = await this.#options.readTemplate(template)
    this.#show(null, name, false)
    return { ...this.state, text, problems: this.#options.check(text).problems }
  }

  async #recover(): Promise<OpenedDocument | null> {
    const { drafts, dialogs, check } = this.#options
    const draft = await drafts.find()
    if (draft === null) return null
    const file = await draftedFile(draft)
    const name = draft.path === null ? 'Untitled' : documentName(draft.path)
    const { readable, problems } = check(draft.text)
    const worthwhile = readable && file?.fingerprint !== fingerprintOf(draft.text)
    if (!worthwhile || !(await dialogs.askToRecover(name, new Date(draft.keptAt)))) {
      await drafts.discard()
      return null
    }
    this.#show(file, name, true)
    return { ...this.state, text: draft.text, problems }
  }

  async #save(text: string, as: boolean): Promise<SavedDocument | null> {
    const { dialogs, recent, drafts } = this.#options
    const known = as ? null : this.#file
    const target = known?.path ?? (await this.#choosePlace())
    if (target === null) return null
    if (known && (await changedMeanwhile(known)) && !(await dialogs.askToOverwrite(this.#name, 'changed'))) return null
    await writeAtomically(target, text).catch((error: unknown) => {
      throw new CallRefused('document.unwritable', `${path.basename(target)} can't be written: ${reasonOf(error)}.`)
    })
    // Edits may have come while the file was written: only the window knows whether that was all (`setEdited`).
    this.#show({ path: target, fingerprint: fingerprintOf(text) }, documentName(target), this.#edited)
    await drafts.discard()
    await recent.add(target)
    return { path: target, name: this.#name }
  }

  async #choosePlace(): Promise<string | null> {
    const { dialogs } = this.#options
    const chosen = await dialogs.chooseFileToSave(this.#name, this.#file?.path ?? null)
    return chosen === null ? null : settledPlace(chosen, withDocumentExtension(chosen), dialogs)
  }

  /** True once the open document may go: nothing unsaved, saved now, or given up. */
  async #leave(unsaved: string | null): Promise<boolean> {
    if (unsaved !== null) {
      const choice = await this.#options.dialogs.askAboutUnsaved(this.#name)
      if (choice === 'cancel') return false
      if (choice === 'save' && (await this.#save(unsaved, false)) === null) return false
    }
    await this.#options.drafts.discard()
    return true
  }

  #show(file: FileOnDisk | null, name: string, edited: boolean): void {
    this.#file = file
    this.#name = name
    this.#edited = edited
    this.#changed()
  }

  #changed(): void {
    this.#options.onChange(this.state)
  }

  async #exclusive<Value>(verb: () => Promise<Value>): Promise<Value> {
    if (this.#busy) throw new CallRefused('document.busy', 'Answer the open dialog first.')
    this.#busy = true
    try {
      return await verb()
    } finally {
      this.#busy = false
    }
  }
}

/** The file a draft belongs to as it is now; null if it has none or it is gone, and saving then asks for a place. */
async function draftedFile(draft: Draft): Promise<FileOnDisk | null> {
  if (draft.path === null) return null
  return readDocument(draft.path).catch(() => null)
}

/** Whether there is something else now where a file was, be it something that can't be read. */
async function changedMeanwhile(file: FileOnDisk): Promise<boolean> {
  const now = await readDocument(file.path).catch(() => null)
  return now?.fingerprint !== file.fingerprint && (await isThere(file.path))
}

function describeRefusal(refused: CallRefused): string {
  const lines = (refused.problems ?? []).slice(0, 5).map(({ line, message }) => `Line ${line}: ${message}`)
  return [refused.message, ...lines].join('\n')
}
