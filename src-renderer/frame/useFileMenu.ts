import { computed, type ComputedRef } from 'vue'

import { chordLabel } from '#renderer/composables/keys'
import { isMac } from '#renderer/composables/useKeymap'
import { useRecentStore } from '#renderer/stores/recent'
import { useLabFile } from '#renderer/stores/useLabFile'
import type { IconName, MenuItem } from '#renderer/ui/index'

import type { Command, Commands } from './useCommands'

const MOST_RECENT = 6

/** The menu of the lab: new, open, recent, save. */
export function useFileMenu(commands: Commands): ComputedRef<readonly MenuItem[]> {
  const recent = useRecentStore()
  const file = useLabFile()

  return computed(() => {
    const files = recent.files.slice(0, MOST_RECENT)
    return [
      item(commands.create, 'file'),
      item(commands.createFromExample, 'variant'),
      item(commands.generate, 'generate'),
      item(commands.failures, 'fault'),
      item(commands.open, 'folder'),
      ...(files.length === 0 ? [] : [{ separator: true } as const]),
      ...files.map(({ name, path }): MenuItem => ({ label: name, hint: folderOf(path), icon: 'history', run: () => void file.openAt(path) })),
      { separator: true },
      item(commands.save, 'save'),
      item(commands.saveAs),
      { separator: true },
      item(commands.picture, 'image'),
      item(commands.clusterExport, 'folder'),
    ]
  })
}

/** A line of a menu for a command. */
export function item({ label, keys, run }: Command, icon?: IconName): MenuItem {
  return { label, shortcut: chordLabel(keys[0]!, isMac), run, ...(icon === undefined ? {} : { icon }) }
}

function folderOf(path: string): string {
  return path.split(/[/\\]/u).slice(-2, -1)[0] ?? ''
}
