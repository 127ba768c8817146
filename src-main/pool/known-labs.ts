import { variantReach, type VariantReach } from '#main/simulation/plan/index'
import { unknownVariantsText, validLab, type Lab, type ManifestFiles, type Problem } from '#shared/lab/index'

import { placeInText } from './ask-lab'
import { invalidLab, type LabAnswer, type LabRefusal, type LabText } from './lab-answer'

/** Why there is no answer about policies, where the lab is valid. */
type RefusalCode = 'reach.unknown-variant' | 'reach.unknown-unit' | 'reach.other-pods'

/** What a question about policies comes to. */
export type ReachAnswer<Value> = LabAnswer<Value, RefusalCode>

/** A refusal on its way out of the functions that find an answer. */
class Refused extends Error {
  readonly refusal: LabRefusal<RefusalCode>

  constructor(refusal: LabRefusal<RefusalCode>) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** A lab that was read, and what its variants make of its policies as far as somebody asked. */
interface KnownLab {
  readonly key: string
  readonly lab: Lab
  readonly variants: Map<string, VariantReach>
}

/** Labs that are remembered: the open one, and a draft of it. */
const MOST_KNOWN = 2

/**
 * The labs of the last questions, the latest first: the next question is mostly about the same, and reading thousands of pods
 * takes a second.
 */
let known: readonly KnownLab[] = []

/** What finding an answer comes to. Other errors than refusals go on. */
export function answer<Value>(find: () => Value): ReachAnswer<Value> {
  try {
    return { ok: true, value: find() }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal }
    throw error
  }
}

/** A refusal to throw inside `answer`. */
export function refused(code: RefusalCode, message: string): Error {
  return new Refused({ code, message, problems: [] })
}

/** Reads a lab. Refuses one with errors. */
export function readLab(asked: LabText): Lab {
  return knownLab(asked).lab
}

/** What a variant of a lab makes of its policies. Refuses labs with errors, and variants that are not there. */
export function readVariant(asked: LabText, name: string): VariantReach {
  const found = knownLab(asked)
  const reach = found.variants.get(name) ?? setUp(found.lab, asked, name)
  found.variants.set(name, reach)
  return reach
}

/** What a variant would make of the policies of a lab that is not written anywhere. `asked` is the lab that it was made of. */
export function setUp(lab: Lab, asked: LabText, name: string): VariantReach {
  const variant = lab.variants.find((candidate) => candidate.name === name)
  if (variant === undefined) throw refused('reach.unknown-variant', unknownVariantsText([name], lab))
  const reach = variantReach(lab, variant)
  if ('problems' in reach) throw invalid(placeInText(asked, reach.problems))
  return reach
}

function knownLab({ text, files }: LabText): KnownLab {
  const key = JSON.stringify([text, ...(files ?? [])])
  const found = known.find((candidate) => candidate.key === key) ?? { key, lab: readValid(text, files), variants: new Map() }
  known = [found, ...known.filter((other) => other !== found)].slice(0, MOST_KNOWN)
  return found
}

function readValid(text: string, files: ManifestFiles | undefined): Lab {
  const read = validLab(text, files)
  if ('problems' in read) throw invalid(read.problems)
  return read.lab
}

function invalid(problems: readonly Problem[]): Error {
  return new Refused(invalidLab(problems, 'nothing can be said about it'))
}
