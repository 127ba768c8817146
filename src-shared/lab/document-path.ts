/** A place in a lab document: keys of mappings and indices of sequences, from the root. */
export type DocumentPath = readonly (string | number)[]

const plainKey = /^[A-Za-z_][\w-]*$/u

/** Writes a path for people: `spec.nodes[0].nic.mtu`; keys with other characters are quoted in brackets. */
export function formatPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: DocumentPath, ancestor: DocumentPath): boolean {
  return ancestor.every((step, index) => path[index] === step)
}
