import type { Path, Step } from '../cni/common/index'

/** The path with other steps in place of the first or last of some stages; undefined where it has none of them. */
export function replaced(
  path: Path,
  which: 'first' | 'last',
  stages: readonly Step['stage'][],
  instead: (found: Step) => readonly Step[],
): Path | undefined {
  const places = path.flatMap(({ steps }, pass) =>
    steps.flatMap((candidate, index) => (candidate.outer !== true && stages.includes(candidate.stage) ? [{ pass, index }] : [])),
  )
  const place = which === 'first' ? places[0] : places.at(-1)
  if (place === undefined) return undefined
  return path.map((pass, index) =>
    index === place.pass ? { ...pass, steps: pass.steps.flatMap((candidate, at) => (at === place.index ? instead(candidate) : [candidate])) } : pass,
  )
}

/** Changes paths so that those that come out equal are the same object, and make one program. */
export class PathEdits {
  private readonly known = new Map<Path, Map<string, Path>>()

  /** The path after a change; `key` tells changes of the same path apart. */
  edit(path: Path, key: string, change: (path: Path) => Path): Path {
    const variants = this.known.get(path) ?? new Map<string, Path>()
    this.known.set(path, variants)
    const changed = variants.get(key) ?? change(path)
    variants.set(key, changed)
    return changed
  }
}

/** Chains that end what is for a service without an endpoint on the node; a stack without a plugin's rules has kube-proxy's only. */
const FILTERING: readonly Step['stage'][] = ['nf-input', 'ip-local-deliver']

/** The path up to where kube-proxy's filter chains end a packet: nothing is translated, no backend is found. */
export function cutBehindService(path: Path): Path {
  const pass = path.findIndex(({ steps }) => steps.some(({ stage, outer }) => outer !== true && FILTERING.includes(stage)))
  if (pass < 0) return path
  const { steps, ...rest } = path[pass]!
  const last = steps.findLastIndex(({ stage }) => FILTERING.includes(stage))
  const kept = steps.slice(0, last + 1).filter(({ changes }) => changes?.includes('translate') !== true)
  return [...path.slice(0, pass), { ...rest, steps: kept }]
}
