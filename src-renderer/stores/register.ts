import type { DocumentPath } from '#shared/lab/index'

import type { Given } from './given'
import type { ObjectId, OutlineObject } from './outline'

/** A record of a list in the file, before its kind's own fields are read. */
export interface Entry {
  readonly given: Given
  readonly path: DocumentPath
  readonly index: number
}

/** Gives out ids; a second thing of the same kind and name gets another one than the first. */
export class Register {
  readonly byId = new Map<ObjectId, OutlineObject>()

  add<Item extends OutlineObject>(item: Omit<Item, 'id'> & Pick<Item, 'kind'>, key: string): Item {
    let id: ObjectId = `${item.kind}:${key}`
    for (let copy = 2; this.byId.has(id); copy += 1) id = `${item.kind}:${key} ${copy}`
    const added = { ...item, id } as unknown as Item
    this.byId.set(id, added)
    return added
  }
}
