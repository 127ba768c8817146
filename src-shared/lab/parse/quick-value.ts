import { CORE_SCHEMA, defineMappingTag, load, mapTag } from 'js-yaml'

import { MAX_DEPTH, MAX_TEXT_LENGTH } from './lab-document'

/** Mappings whose keys are texts; those of other keys are refused, as in lab files. */
const textKeys = defineMappingTag('tag:yaml.org,2002:map', {
  ...mapTag,
  addPair: (mapping, key, value) => (typeof key === 'string' ? mapTag.addPair(mapping, key, value) : 'keys are texts'),
})

const options = { schema: CORE_SCHEMA.withTags(textKeys), maxAliases: 0, maxDepth: MAX_DEPTH }

/**
 * The content of a YAML text without the places in it: what `readDocument` finds, in a tenth of its time. Undefined where
 * the text is not plain: with faults, aliases, directives or marks of documents, which only `readDocument` can judge.
 */
export function quickValue(text: string): unknown {
  if (text.length > MAX_TEXT_LENGTH || /^(?:%|---|\.\.\.)/mu.test(text)) return undefined
  try {
    return load(text, options)
  } catch {
    return undefined
  }
}
