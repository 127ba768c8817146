import { spawn } from 'node:child_process'
import { access, constants, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { reasonOf } from '#main/documents/system-error'
import { CallRefused } from '#shared/contract/call-refused'

/** Where Wireshark is installed when no folder of the search path has it. */
const USUAL_PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['/Applications/Wireshark.app/Contents/MacOS'],
  win32: ['C:\\Program Files\\Wireshark'],
}

/** What the system is asked, for tests to answer. */
export interface WiresharkPlace {
  readonly platform: NodeJS.Platform
  /** The search path. */
  readonly searched: string
}

/** The path of Wireshark's program; undefined where it is not installed. */
export async function findWireshark({ platform, searched }: WiresharkPlace): Promise<string | undefined> {
  const program = platform === 'win32' ? 'Wireshark.exe' : platform === 'darwin' ? 'Wireshark' : 'wireshark'
  const folders = [...searched.split(path.delimiter), ...(USUAL_PLACES[platform] ?? [])]
  for (const folder of folders.filter((each) => path.isAbsolute(each))) {
    const file = path.join(folder, program)
    const isThere = await access(file, constants.X_OK).then(() => true, () => false)
    if (isThere) return file
  }
  return undefined
}

/** Writes a capture to a file of its own among the system's temporary files and starts Wireshark with it, to live on by itself. */
export async function openInWireshark(bytes: Uint8Array, place: WiresharkPlace): Promise<void> {
  const program = await findWireshark(place)
  if (program === undefined) throw new CallRefused('wireshark.missing', 'Wireshark is not installed here; save the capture and open it elsewhere.')
  try {
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'cni-lab-')), 'capture.pcapng')
    await writeFile(file, bytes)
    await started(program, file)
  } catch (error) {
    throw new CallRefused('wireshark.failed', `Wireshark can't be started: ${reasonOf(error)}.`)
  }
}

function started(program: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-r', file], { detached: true, stdio: 'ignore' })
    child.once('error', reject)
    child.once('spawn', () => {
      child.unref()
      resolve()
    })
  })
}
