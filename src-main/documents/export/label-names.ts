import { toLabelName, type Lab, type Variant } from '#shared/lab/index'

/** Longest name of most objects (RFC 1123 label), less room for a number. */
const LONGEST = 59

/** Names that Kubernetes, containers and file systems take, all different, for names of a lab, in their order. */
export function labelNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const base = toLabelName(name).slice(0, LONGEST)
    let unique = base
    for (let number = 2; taken.has(unique); number++) unique = `${base}-${number}`
    taken.add(unique)
    return unique
  })
}

/** The name of a variant's files. */
export function variantFile(lab: Lab, variant: Variant): string {
  return labelNames(lab.variants.map(({ name }) => name))[lab.variants.indexOf(variant)]!
}
