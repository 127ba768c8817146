/** What warnings of a run are about, by their codes. */
const TITLES: Readonly<Record<string, string>> = {
  'run.task-missing': 'Not measured',
  'run.task-stopped': 'Cut short',
  'run.single-seed': 'No intervals',
  'traffic.nothing-delivered': 'Nothing delivered',
  'latency.few-samples': 'Few latency samples',
}

/** The title of a warning. Codes without a point are those of a lab's problems. */
export function noticeTitle(code: string): string {
  return TITLES[code] ?? (code.includes('.') ? 'The run' : 'Warning of the lab')
}
