import type { DocumentPath } from '../document-path'

/**
 * Where a document says what stands at places of the lab that the document's own lab has not: an object of a manifest.
 */
export class Origins {
  private readonly places = new Map<string, DocumentPath>()

  /** Notes that what is at `path` of the lab comes from `origin` in the document. */
  add(path: DocumentPath, origin: DocumentPath): void {
    this.places.set(JSON.stringify(path), origin)
  }

  /** The place in the document of what is at a path of the lab. */
  documentPath(path: DocumentPath): DocumentPath {
    if (this.places.size === 0) return path
    for (let length = path.length; length > 0; length--) {
      const origin = this.places.get(JSON.stringify(path.slice(0, length)))
      if (origin !== undefined) return [...origin, ...path.slice(length)]
    }
    return path
  }
}
