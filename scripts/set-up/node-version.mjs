import { SetUpError } from './say.mjs'

/** What everything outside the window runs on; `engines` in package.json says the same to npm. */
const floor = /** @type {const} */ ([20, 19])

/** Refuses a Node that is too old, before anything is installed for it. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > floor[0] || (major === floor[0] && minor >= floor[1])) return
  throw new SetUpError(`CNI Lab needs Node ${floor.join('.')} or newer; this is ${process.versions.node}.`)
}
