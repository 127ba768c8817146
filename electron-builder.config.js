// What goes into the packages, and how the Electron around it is closed up. Used by scripts/package.mjs.
import { rm } from 'node:fs/promises'
import path from 'node:path'

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'dev.cnilab.app',
  productName: 'CNI Lab',
  executableName: 'cni-lab',
  copyright: 'Copyright the CNI Lab maintainers, Apache-2.0',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  files: [
    'out/{main,preload,renderer}/**',
    'resources/**',
    'LICENSE',
    'package.json',
    '!node_modules/piscina/{benchmark,docs,examples,scripts,src,test,test-jest}/**',
  ],
  asar: true,
  // Without inspection and with integrity checks: nobody runs other code under this app's name.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  // The distribution may be a folder that has been run before, with the app that Electron shows when it has none.
  afterPack: ({ appOutDir }) => rm(path.join(appOutDir, 'resources', 'default_app.asar'), { force: true }),
  linux: {
    target: ['deb', 'rpm', 'AppImage'],
    category: 'Development',
    synopsis: 'Simulates Kubernetes network plugins packet by packet',
    maintainer: 'CNI Lab maintainers',
  },
  mac: { target: ['dmg'], category: 'public.app-category.developer-tools' },
  win: { target: ['nsis'] },
  publish: null,
  npmRebuild: false,
}
