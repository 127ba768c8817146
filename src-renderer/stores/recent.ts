import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { RecentDocument } from '#shared/contract/document'

import { useDocumentStore } from './document'

/** The labs opened or saved before, newest first. */
export const useRecentStore = defineStore('recent', () => {
  const document = useDocumentStore()
  const files = shallowRef<readonly RecentDocument[]>([])

  async function refresh(): Promise<void> {
    const answer = await labBridge().listRecentDocuments()
    if (answer.ok) files.value = answer.value
  }

  watch(() => [document.openCount, document.path], () => void refresh(), { immediate: true })

  return { files }
})
