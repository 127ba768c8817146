/** The number of single-character edits that turn one text into the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[b.length]!
}

const MAX_LENGTH = 64

/** The candidate that a misspelt text most likely means, if one is near enough: a third of its length may differ. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const wanted = text.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(text.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** The fix for a text that is none of the candidates: the near one, else all of them while they are few. */
export function didYouMean(text: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates]
  const meant = nearest(text, known)
  if (meant !== undefined) return `Did you mean ${meant}?`
  if (known.length === 0 || known.length > 12) return undefined
  return `Known here: ${known.join(', ')}.`
}
