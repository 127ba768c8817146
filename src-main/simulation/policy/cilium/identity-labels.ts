/**
 * Which of a pod's labels are part of its identity (pkg/labelsfilter/filter.go; Cilium documentation, "Limiting
 * Identity-Relevant Labels").
 */

import type { Labels } from '../../kubernetes/label-selector'

/** What the agent takes and leaves unless told more: patterns at the start of a key; those with `!` are left out. */
const DEFAULT_PATTERNS = [
  String.raw`io\.kubernetes\.pod\.namespace`,
  String.raw`io\.cilium\.k8s\.namespace\.labels`,
  String.raw`io\.cilium\.k8s\.policy`,
  String.raw`app\.kubernetes\.io`,
  String.raw`!io\.kubernetes`,
  String.raw`!kubernetes\.io`,
  String.raw`!statefulset\.kubernetes\.io/pod-name`,
  String.raw`!apps\.kubernetes\.io/pod-index`,
  String.raw`!batch\.kubernetes\.io/job-completion-index`,
  String.raw`!batch\.kubernetes\.io/controller-uid`,
  String.raw`!.*beta\.kubernetes\.io`,
  String.raw`!k8s\.io`,
  '!pod-template-generation',
  '!pod-template-hash',
  '!controller-revision-hash',
  '!annotation.*',
  '!controller-uid',
  '!etcd_node',
]

interface LabelPattern {
  readonly expression: RegExp
  readonly ignores: boolean
}

/** Answers which labels are part of an identity under the agent's `labels`: patterns with spaces between. */
export class IdentityLabels {
  private readonly patterns: readonly LabelPattern[]
  /** Whether only what a pattern names is taken. */
  private readonly isLimited: boolean
  private readonly answers = new Map<string, boolean>()

  constructor(labels: string) {
    const given = labels.split(/\s+/u).filter((text) => text !== '')
    this.isLimited = given.some((text) => !isIgnoring(text))
    this.patterns = [...DEFAULT_PATTERNS, ...given].map((text) => ({ expression: expressionOf(text), ignores: isIgnoring(text) }))
  }

  /** The labels that are part of the identity; the same object where all are. */
  of(labels: Labels): Labels {
    const kept = Object.entries(labels).filter(([key]) => this.takes(key))
    return kept.length === Object.keys(labels).length ? labels : Object.fromEntries(kept)
  }

  private takes(key: string): boolean {
    const known = this.answers.get(key)
    if (known !== undefined) return known
    // The longest match of a pattern decides.
    const longest = (ignores: boolean): number =>
      Math.max(0, ...this.patterns.filter((pattern) => pattern.ignores === ignores).map(({ expression }) => expression.exec(key)?.[0].length ?? 0))
    const [taken, ignored] = [longest(false), longest(true)]
    const answer = (!this.isLimited && ignored === 0) || taken > ignored
    this.answers.set(key, answer)
    return answer
  }
}

function isIgnoring(text: string): boolean {
  return withoutSource(text).startsWith('!')
}

/** Labels of pods have the source k8s; `any` stands for all sources. Those of others match nothing that a pod has. */
function withoutSource(text: string): string {
  return text.replace(/^(!?)(?:k8s|any):/u, '$1')
}

function expressionOf(text: string): RegExp {
  const pattern = withoutSource(text).replace(/^!/u, '')
  try {
    return new RegExp(`^(?:${pattern})`, 'u')
  } catch {
    return /^(?!)/u
  }
}
