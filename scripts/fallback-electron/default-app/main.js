// What an Electron distribution runs when it is started with an app's folder: the stock one, cut down to what
// development and tests use. Arguments: [-r MODULE]… FOLDER …
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

import { app } from 'electron'

/** @param {readonly string[]} args */
function readArguments(args) {
  const preloads = []
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]
    if (argument === '-r' || argument === '--require') preloads.push(path.resolve(args[++index]))
    else if (!argument.startsWith('-')) return { preloads, folder: path.resolve(argument) }
  }
  return { preloads, folder: process.cwd() }
}

try {
  const { preloads, folder } = readArguments(process.argv.slice(1))
  const require = createRequire(path.join(folder, 'package.json'))
  for (const preload of preloads) require(preload)
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  app.setName(manifest.productName ?? manifest.name)
  app.setVersion(manifest.version)
  app.setAppPath(folder)
  await import(pathToFileURL(path.join(folder, manifest.main)).href)
} catch (error) {
  console.error(error)
  app.exit(1)
}
