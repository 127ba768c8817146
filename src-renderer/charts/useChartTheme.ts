import { useMutationObserver } from '@vueuse/core'
import { readonly, shallowRef, type ShallowRef } from 'vue'

import { darkChartTheme, lightChartTheme, type ChartTheme } from '#shared/charts/index'

function themeOfPage(): ChartTheme {
  return document.documentElement.dataset['theme'] === 'dark' ? darkChartTheme : lightChartTheme
}

/** The chart colours of the theme that the page is in, following it. */
export function useChartTheme(): Readonly<ShallowRef<ChartTheme>> {
  const theme = shallowRef(themeOfPage())
  useMutationObserver(document.documentElement, () => (theme.value = themeOfPage()), { attributeFilter: ['data-theme'] })
  return readonly(theme)
}
