import { ref, type Ref } from 'vue'

import { isNumeric, visibleColumns, type DataTable } from '#shared/charts/index'

import type { TableOrder } from './table-order'

/** How a column's heading says that rows are sorted by it. */
export type SortDirection = 'ascending' | 'descending' | undefined

/** The order of a table's rows as people choose it by headings. */
export interface ChosenOrder {
  /** Null: the rows' own. */
  readonly order: Ref<TableOrder | null>
  /** First down, then up, then as it was. Numbers begin with the greatest. */
  readonly sortBy: (column: number) => void
  readonly directionOf: (column: number) => SortDirection
}

/** Keeps by which column of a table rows are sorted. */
export function useTableOrder(table: () => DataTable): ChosenOrder {
  const order = ref<TableOrder | null>(null)

  function sortBy(column: number): void {
    const first = isNumeric(visibleColumns(table())[column]!)
    if (order.value?.column !== column) order.value = { column, descending: first }
    else if (order.value.descending === first) order.value = { column, descending: !first }
    else order.value = null
  }

  function directionOf(column: number): SortDirection {
    if (order.value?.column !== column) return undefined
    return order.value.descending ? 'descending' : 'ascending'
  }

  return { order, sortBy, directionOf }
}
