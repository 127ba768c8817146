import { groupOf, namespaceOf, objectTitle, specOf, type ApiObject } from '../../kubernetes/object'

const STAGED = 'Staged'
const STAGED_KUBERNETES = 'StagedKubernetesNetworkPolicy'

/** What enforcing a staged policy does to the policy of its name. */
export interface StagedChange {
  /** `StagedNetworkPolicy shop/default.close`. */
  readonly staged: string
  /** The policy that would be enforced. */
  readonly object: string
  readonly change: 'added' | 'replaced' | 'removed'
}

/** Whether an object is a staged policy, which Calico reads and does not enforce. */
function isStaged({ kind }: ApiObject): boolean {
  return kind.startsWith(STAGED)
}

/**
 * The objects as they would be with every staged policy enforced: `Set` (the default) puts it in the place of the policy of
 * its name, `Delete` takes that away; others are not for enforcing (Calico's API, stagedAction).
 */
export function enactStaged(objects: readonly ApiObject[]): { readonly objects: readonly ApiObject[]; readonly changes: readonly StagedChange[] } {
  const changes: StagedChange[] = []
  let enacted: readonly ApiObject[] = objects.filter((object) => !isStaged(object))
  for (const staged of objects.filter(isStaged)) {
    const action = actionOf(staged)
    if (action !== 'Set' && action !== 'Delete') continue
    const enforced = enforcedForm(staged)
    const index = enacted.findIndex((object) => isSame(object, enforced))
    if (action === 'Delete' && index < 0) continue
    const change = action === 'Delete' ? 'removed' : index < 0 ? 'added' : 'replaced'
    changes.push({ staged: objectTitle(staged), object: objectTitle(enforced), change })
    const rest = index < 0 ? enacted : enacted.toSpliced(index, 1)
    enacted = action === 'Delete' ? rest : [...rest, enforced]
  }
  return { objects: enacted, changes }
}

function actionOf(staged: ApiObject): unknown {
  return specOf(staged)['stagedAction'] ?? 'Set'
}

/** The policy that a staged one stands for. */
function enforcedForm(staged: ApiObject): ApiObject {
  const { stagedAction: _, ...spec } = specOf(staged)
  const kind = staged.kind.slice(STAGED.length)
  return staged.kind === STAGED_KUBERNETES
    ? { ...staged, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec }
    : { ...staged, kind, spec }
}

function isSame(a: ApiObject, b: ApiObject): boolean {
  return a.kind === b.kind && groupOf(a) === groupOf(b) && a.metadata.name === b.metadata.name && namespaceOf(a) === namespaceOf(b)
}
