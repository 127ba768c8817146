export { maglevPreference, maglevTable, type MaglevPreference } from './maglev'
export { PrefixTrieBuilder, prefixLookup } from './prefix-trie'
export type { PrefixRoute } from './prefix-trie'
