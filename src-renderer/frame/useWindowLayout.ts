import { useLocalStorage } from '@vueuse/core'
import { ref, type Ref } from 'vue'

import type { DockTab } from './dock-tab'

/** What the panel on the left shows. */
export type LeftTab = 'palette' | 'outline'

/** What the centre of the window shows. */
export type Centre = 'design' | 'results' | 'packets' | 'policies' | 'control-plane'

/** Which parts of the window are in sight, and how large. */
export interface WindowLayout {
  readonly centre: Ref<Centre>
  readonly palette: Ref<boolean>
  readonly inspector: Ref<boolean>
  readonly dock: Ref<boolean>
  /** The lab as text, beside the canvas. */
  readonly text: Ref<boolean>
  /** The page of the open lab, beside the canvas. */
  readonly guide: Ref<boolean>
  readonly leftTab: Ref<LeftTab>
  readonly dockTab: Ref<DockTab>
  /** Pixels. */
  readonly paletteWidth: Ref<number>
  readonly inspectorWidth: Ref<number>
  readonly dockHeight: Ref<number>
  readonly textWidth: Ref<number>
  readonly guideWidth: Ref<number>
  readonly showLeft: (tab: LeftTab) => void
  readonly showDock: (tab: DockTab) => void
  readonly reset: () => void
}

const SIZES = { palette: 208, inspector: 280, dock: 196, text: 440, guide: 380 } as const

/** The layout of the window; sizes and which panels are open are kept between starts. */
export function useWindowLayout(): WindowLayout {
  const centre = ref<Centre>('design')
  const palette = useLocalStorage('layout.palette', true)
  const inspector = useLocalStorage('layout.inspector', true)
  const dock = useLocalStorage('layout.dock', true)
  const text = useLocalStorage('layout.text', false)
  const guide = useLocalStorage('layout.guide', false)
  const guideWidth = useLocalStorage<number>('layout.guide-width', SIZES.guide)
  const leftTab = ref<LeftTab>('palette')
  const textWidth = useLocalStorage<number>('layout.text-width', SIZES.text)
  const dockTab = ref<DockTab>('traffic')
  const paletteWidth = useLocalStorage<number>('layout.palette-width', SIZES.palette)
  const inspectorWidth = useLocalStorage<number>('layout.inspector-width', SIZES.inspector)
  const dockHeight = useLocalStorage<number>('layout.dock-height', SIZES.dock)

  function showLeft(tab: LeftTab): void {
    palette.value = true
    leftTab.value = tab
    centre.value = 'design'
  }

  function showDock(tab: DockTab): void {
    dock.value = true
    dockTab.value = tab
    centre.value = 'design'
  }

  function reset(): void {
    for (const panel of [palette, inspector, dock]) panel.value = true
    paletteWidth.value = SIZES.palette
    inspectorWidth.value = SIZES.inspector
    dockHeight.value = SIZES.dock
    text.value = false
    textWidth.value = SIZES.text
    guide.value = false
    guideWidth.value = SIZES.guide
  }

  return { centre, palette, inspector, dock, text, guide, guideWidth, leftTab, textWidth, dockTab, paletteWidth, inspectorWidth, dockHeight, showLeft, showDock, reset }
}
