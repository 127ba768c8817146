import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import { findingAt, type PlacedObject } from './placed-object'

/** A field of an object, which says what stands at a place of the lab. */
interface Origin {
  readonly placed: PlacedObject
  readonly field: DocumentPath
}

/** Which objects of manifests say what stands at places of the lab that the document's own lab has not. */
export class Origins {
  private readonly origins = new Map<string, Origin>()

  /** Notes that what is at `path` of the lab comes from a field of an object. */
  add(path: DocumentPath, placed: PlacedObject, field: DocumentPath = []): void {
    this.origins.set(JSON.stringify(path), { placed, field })
  }

  /** A finding about the lab, at the place in the document, or in a file, where it is said. */
  place(finding: Finding): Finding {
    const { path } = finding
    for (let length = this.origins.size === 0 ? 0 : path.length; length > 0; length--) {
      const origin = this.origins.get(JSON.stringify(path.slice(0, length)))
      if (origin !== undefined) return findingAt(origin.placed, [...origin.field, ...path.slice(length)], finding)
    }
    return finding
  }
}
