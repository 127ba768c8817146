import { computed, type ComputedRef } from 'vue'

import { chordLabel } from '#renderer/composables/keys'
import { isMac } from '#renderer/composables/useKeymap'
import { useCanvasStore } from '#renderer/stores/canvas'
import { useSettingsStore } from '#renderer/stores/settings'
import type { IconName, MenuItem } from '#renderer/ui/index'
import { themes, type Theme } from '#shared/contract/app'

import type { Command, Commands } from './useCommands'
import type { WindowLayout } from './useWindowLayout'

const themeLabels: Readonly<Record<Theme, { readonly label: string; readonly icon: IconName }>> = {
  system: { label: 'Theme of the system', icon: 'system' },
  light: { label: 'Light theme', icon: 'sun' },
  dark: { label: 'Dark theme', icon: 'moon' },
}

/** The menu of the view: theme, panels, aids on the canvas, and how far off the app is. */
export function useViewMenu(layout: WindowLayout, commands: Commands, showTrust: () => void): ComputedRef<readonly MenuItem[]> {
  const settings = useSettingsStore()
  const canvas = useCanvasStore()

  const toggle = ({ label, keys, run }: Command, checked: boolean): MenuItem =>
    ({ label, shortcut: chordLabel(keys[0]!, isMac), checked, run })

  return computed(() => [
    ...themes.map((theme): MenuItem => ({
      ...themeLabels[theme], checked: settings.theme === theme, run: () => void settings.setTheme(theme),
    })),
    { separator: true },
    toggle(commands.palette, layout.palette.value),
    toggle(commands.inspector, layout.inspector.value),
    toggle(commands.panels, layout.dock.value),
    toggle(commands.text, layout.text.value),
    toggle(commands.guide, layout.guide.value),
    { label: 'Minimap', checked: canvas.minimap, run: () => (canvas.minimap = !canvas.minimap) },
    { label: 'Snap to grid', checked: canvas.snapping, run: () => (canvas.snapping = !canvas.snapping) },
    { separator: true },
    { label: commands.tour.label, icon: 'help', run: commands.tour.run },
    { label: 'Reset layout', run: layout.reset },
    { separator: true },
    { label: 'How far off the app is…', run: showTrust },
  ])
}
