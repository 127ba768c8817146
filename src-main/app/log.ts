/** Writes one line for whoever started the app from a terminal. */
export function log(line: string): void {
  process.stderr.write(`cni-lab: ${line}\n`)
}
