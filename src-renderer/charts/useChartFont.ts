import { readonly, shallowRef, type Ref } from 'vue'

import { chartFont } from '#shared/charts/index'

const ready = shallowRef(false)
let asked = false

/**
 * Whether the window's font is loaded. A canvas, unlike a page, does not draw its texts anew once the font is there, and
 * ECharts remembers how wide they were; so charts wait for it. A font that can't be loaded is not waited for.
 */
export function useChartFont(): Readonly<Ref<boolean>> {
  if (!asked) {
    asked = true
    void document.fonts.load(`12px ${chartFont}`).finally(() => (ready.value = true))
  }
  return readonly(ready)
}
