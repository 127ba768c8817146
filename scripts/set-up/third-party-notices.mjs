// A Vite plugin that writes the notices which packages ask for whose code ends up inside a bundle. Packages that are packed
// as they are bring their own.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Where the notices stand in a build's folder. */
export const NOTICES_FILE = 'third-party-notices.txt'

const RULE = `\n\n${'-'.repeat(80)}\n\n`
/** Files with a package's terms, and with what its authors want to be told along. */
const TERMS = /^(licen[cs]e|notice|copying)/iu

/** @returns {import('vite').Plugin} */
export function thirdPartyNotices() {
  return {
    name: 'third-party-notices',
    apply: 'build',
    generateBundle() {
      const folders = new Set(Array.from(this.getModuleIds()).flatMap((id) => packageFolder(id) ?? []))
      const source = `${[...folders].toSorted().map(noticeOf).join(RULE)}\n`
      this.emitFile({ type: 'asset', fileName: NOTICES_FILE, source })
    },
  }
}

/**
 * The folder of the package that a module is of: behind the last `node_modules`, with its scope.
 * @param {string} id
 */
function packageFolder(id) {
  return /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/u.exec(id)?.[1]
}

/**
 * A package's name, version, licence, where its source is, and its terms.
 * @param {string} folder
 */
function noticeOf(folder) {
  const manifest = path.join(folder, 'package.json')
  if (!existsSync(manifest)) throw new Error(`No package is in ${folder}`)
  const { name, version, license, homepage, repository } = JSON.parse(readFileSync(manifest, 'utf8'))
  const origin = homepage ?? (typeof repository === 'string' ? repository : repository?.url) ?? `https://www.npmjs.com/package/${name}`
  const terms = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && TERMS.test(entry.name))
  const texts = terms.map((file) => readFileSync(path.join(folder, file.name), 'utf8').trim())
  return [`${name} ${version} (${license})\n${origin}`, ...texts].join('\n\n')
}
