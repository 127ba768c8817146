import { hasProgram, outputOf, runCommand } from './run-command.mjs'
import { SetUpError, say } from './say.mjs'

/** Debian packages with what Electron links to and loads. Newer releases call some of them otherwise; the first known wins. */
const electronPackages = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libgl1'],
  ['libx11-xcb1'],
  ['libxss1'],
]

/** What Electron loads once it runs. Without libX11-xcb it traps before it can say so. */
const loadedLibraries = ['libGL.so.1', 'libX11-xcb.so.1', 'libXss.so.1']

/** Debian packages by the program wanted of them. */
const programPackages = /** @type {const} */ ({
  unzip: [['unzip']],
  Xvfb: [['xvfb'], ['xauth']],
  tshark: [['tshark']],
})

/** @typedef {keyof typeof programPackages} Program */

/**
 * Installs the Debian packages of the programs that are missing.
 * @param {readonly Program[]} programs
 */
export async function installPrograms(programs) {
  const missing = programs.filter((program) => !hasProgram(program))
  if (missing.length > 0) await install(missing.flatMap((program) => [...programPackages[program]]))
}

/**
 * Installs the system libraries that an Electron binary misses.
 * @param {string} electron its executable
 */
export async function installElectronLibraries(electron) {
  if (process.platform !== 'linux' || missingLibraries(electron).length === 0) return
  await install(electronPackages)
  const missing = missingLibraries(electron)
  if (missing.length > 0) throw new SetUpError(`Electron still misses system libraries: ${missing.join(', ')}.`)
}

/**
 * @param {string} executable
 * @returns {string[]}
 */
function missingLibraries(executable) {
  const linked = (outputOf('ldd', [executable]) ?? '').split('\n').filter((line) => line.includes('not found'))
  const known = outputOf('/sbin/ldconfig', ['-p'])
  const absent = known === null ? [] : loadedLibraries.filter((library) => !known.includes(library))
  return [...linked.map((line) => line.trim().split(' ')[0] ?? ''), ...absent]
}

/** @param {readonly (readonly string[])[]} alternatives each a list of names for one package */
async function install(alternatives) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const allowed = hasProgram('apt-get') && (sudo.length === 0 || outputOf('sudo', ['-n', 'true']) !== null)
  if (!allowed) {
    const names = alternatives.map((names) => names.at(-1)).join(' ')
    throw new SetUpError(
      `Some system packages are missing and can't be installed from here. Install them, then start again:\n\n` +
        `  apt-get install ${names}        (the names on Debian 12)`,
    )
  }
  say('Updating the list of system packages')
  await apt(sudo, ['update', '-qq'])
  const names = alternatives.map((names) => names.find(isKnown) ?? names.at(-1) ?? '')
  say(`Installing system packages: ${names.join(' ')}`)
  const code = await apt(sudo, ['install', '-y', '-qq', '--no-install-recommends', ...names])
  if (code !== 0) throw new SetUpError(`apt-get could not install ${names.join(' ')}.`)
}

/** @param {string} name */
function isKnown(name) {
  return /Candidate: (?!\(none\))/.test(outputOf('apt-cache', ['policy', name]) ?? '')
}

/**
 * @param {readonly string[]} sudo
 * @param {readonly string[]} args
 */
function apt(sudo, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const [command = 'apt-get', ...rest] = [...sudo, 'apt-get', ...args]
  return runCommand(command, rest, { env, quiet: args[0] === 'install' })
}
