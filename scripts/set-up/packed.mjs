import path from 'node:path'

import { root } from './root.mjs'

/** The executable that electron-builder leaves in its unpacked folder on this platform. */
export function packedExecutable() {
  const suffix = process.arch === 'x64' ? '' : `-${process.arch}`
  const executables = {
    linux: path.join(`linux${suffix}-unpacked`, 'cni-lab'),
    win32: path.join(`win${suffix}-unpacked`, 'cni-lab.exe'),
    darwin: path.join(`mac${suffix}`, 'CNI Lab.app', 'Contents', 'MacOS', 'CNI Lab'),
  }
  return path.join(root, 'dist', executables[/** @type {'linux'} */ (process.platform)])
}
