import type { WebContents } from 'electron'

import { eventChannel } from '#shared/contract/channels'
import type { LabEventName, LabEvents } from '#shared/contract/lab-api'

/** Tells the window something, unasked. */
export type SendLabEvent = <Name extends LabEventName>(name: Name, payload: LabEvents[Name]) => void

/** A sender to one page; after the page is gone it does nothing. */
export function labEventSender(page: Pick<WebContents, 'send' | 'isDestroyed'>): SendLabEvent {
  return (name, payload) => {
    if (!page.isDestroyed()) page.send(eventChannel(name), payload)
  }
}
