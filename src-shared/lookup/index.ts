export { PrefixTrieBuilder, prefixLookup } from './prefix-trie'
export type { PrefixRoute } from './prefix-trie'
