import type { LabChange, LabDocument } from '#shared/lab/index'

const MOST_KNOWN = 24

/** The documents that edits led to last: taking an edit back leads to one of them, which need not be read again. */
export class KnownDocuments {
  #known: readonly LabDocument[] = []

  add(document: LabDocument): void {
    this.#known = [document, ...this.#known.filter((other) => other !== document)].slice(0, MOST_KNOWN)
  }

  clear(): void {
    this.#known = []
  }

  /** The document that a replacement of text leads to, if it is known. */
  after(document: LabDocument, { operations }: LabChange): LabDocument | undefined {
    const [operation] = operations
    if (operations.length !== 1 || operation?.op !== 'splice') return undefined
    const { offset, removed, inserted } = operation
    if (document.text.slice(offset, offset + removed.length) !== removed) return undefined
    const text = document.text.slice(0, offset) + inserted + document.text.slice(offset + removed.length)
    return this.#known.find((known) => known.text === text)
  }
}
