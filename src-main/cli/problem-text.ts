import type { Problem } from '#shared/lab/index'

/** Problems for people, a line for each in the form that editors jump to: `file:line: severity: message [code]`. */
export function problemLines(file: string, problems: readonly Problem[]): string {
  return problems
    .map(({ code, severity, path, line, message, fix }) => {
      const where = path === '' ? '' : `${path}: `
      return `${file}:${line}: ${severity}: ${where}${message}${fix === undefined ? '' : ` ${fix}`} [${code}]\n`
    })
    .join('')
}

/** `2 errors (missing, unknown-key) and 1 warning`. */
export function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error')
  const warnings = problems.length - errors.length
  const codes = [...new Set(errors.map((problem) => problem.code))].join(', ')
  const parts: string[] = []
  if (errors.length > 0) parts.push(`${errors.length} ${errors.length === 1 ? 'error' : 'errors'} (${codes})`)
  if (warnings > 0) parts.push(`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`)
  return parts.length > 0 ? parts.join(' and ') : 'no problems'
}
