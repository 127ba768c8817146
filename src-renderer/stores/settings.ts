import { usePreferredDark } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { Theme } from '#shared/contract/app'

/** What the user has chosen for the app as a whole. Main keeps it between starts. */
export const useSettingsStore = defineStore('settings', () => {
  const theme = ref<Theme>('system')
  const prefersDark = usePreferredDark()
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'system' && prefersDark.value))

  /** Reads the settings and follows them for the life of the window. Returns what ends it. */
  function connect(): () => void {
    void labBridge().getSettings().then((answer) => {
      if (answer.ok) theme.value = answer.value.theme
    })
    return labBridge().on('settingsChanged', (settings) => (theme.value = settings.theme))
  }

  async function setTheme(next: Theme): Promise<void> {
    theme.value = next
    await labBridge().changeSettings({ theme: next })
  }

  watchEffect(() => {
    window.document.documentElement.dataset['theme'] = dark.value ? 'dark' : 'light'
  })

  return { theme, dark, connect, setTheme }
})
