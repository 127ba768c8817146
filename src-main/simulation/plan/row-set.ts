/** Rows of a table, each once. */
export class RowSet<Row extends object> {
  readonly rows: Row[] = []
  private readonly numbers = new Map<string, number>()

  /** The number of a row: that of an equal one, or a new one. */
  numberOf(row: Row): number {
    const key = JSON.stringify(row)
    let number = this.numbers.get(key)
    if (number === undefined) {
      number = this.rows.push(row) - 1
      this.numbers.set(key, number)
    }
    return number
  }
}
