import type { Connection, OnConnectStartParams } from '@vue-flow/core'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

/** What `useLinking` goes by. */
export interface LinkingOptions {
  /** Why two things can't be linked; empty where they can. */
  readonly refusal: (from: ObjectId, to: ObjectId) => string
  readonly link: (from: ObjectId, to: ObjectId) => void
  /** A line was let go somewhere that is no card. */
  readonly letGo: (from: ObjectId, event: MouseEvent) => void
}

/** What `useLinking` gives. */
export interface Linking {
  /** Where a line is being drawn from. */
  readonly from: Readonly<ShallowRef<ObjectId | undefined>>
  /** The card that the pointer is over. */
  readonly over: ShallowRef<ObjectId | undefined>
  /** Why the line being drawn can't end where the pointer is; empty where it can. */
  readonly refusalHere: ComputedRef<string>
  /** Why the line being drawn can't end at a thing; empty where it can, or where none is drawn. */
  readonly refusalAt: (id: ObjectId) => string
  readonly isLegal: (connection: Connection) => boolean
  readonly start: (params: OnConnectStartParams) => void
  readonly make: (connection: Connection) => void
  readonly end: (event?: MouseEvent) => void
}

/** Follows a line that is drawn from one thing to another. */
export function useLinking({ refusal, link, letGo }: LinkingOptions): Linking {
  const from = shallowRef<ObjectId>()
  const over = shallowRef<ObjectId>()
  let linked = false

  const refusalAt = (id: ObjectId): string => (from.value === undefined ? '' : refusal(from.value, id))
  const refusalHere = computed(() => (over.value === undefined || over.value === from.value ? '' : refusalAt(over.value)))

  /** Vue Flow also asks this about lines that are there already, and leaves out those that it is told are illegal. */
  function isLegal({ source, target }: Connection): boolean {
    return from.value === undefined || refusal(source as ObjectId, target as ObjectId) === ''
  }

  function start({ nodeId }: OnConnectStartParams): void {
    from.value = nodeId as ObjectId | undefined
  }

  function make({ source, target }: Connection): void {
    linked = true
    link(source as ObjectId, target as ObjectId)
  }

  function end(event?: MouseEvent): void {
    const began = from.value
    from.value = undefined
    over.value = undefined
    if (!linked && began !== undefined && event !== undefined) endAt(began, event)
    linked = false
  }

  /** A line may be let go anywhere on a card, not only on its ports. */
  function endAt(began: ObjectId, event: MouseEvent): void {
    const card = (event.target as Element | null)?.closest('.vue-flow__node')?.getAttribute('data-id') as ObjectId | null | undefined
    if (!card) letGo(began, event)
    else if (card !== began && refusal(began, card) === '') link(began, card)
  }

  return { from, over, refusalHere, refusalAt, isLegal, start, make, end }
}
