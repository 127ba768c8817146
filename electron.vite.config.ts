import path from 'node:path'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { build, type Plugin } from 'vite'

import { thirdPartyNotices } from './scripts/set-up/third-party-notices.mjs'

const here = (relative: string): string => path.resolve(import.meta.dirname, relative)

const NODE = 'node20'
const MAIN_FOLDER = 'out/main'

/** The entries of the engine's threads, by the name of their file. */
const ENGINE_THREADS = { worker: 'src-worker/main.ts', partner: 'src-worker/partner.ts' }

/**
 * Builds the engine's threads, each as one file with constants that V8 sees are constant: `const` instead of `var`, and
 * nothing that is imported from a chunk. In chunks shared with main the same engine takes a fifth more time.
 */
function engineThreads(): Plugin {
  return {
    name: 'engine-threads',
    async closeBundle() {
      for (const [name, file] of Object.entries(ENGINE_THREADS)) await buildEngineThread(name, here(file))
    },
  }
}

async function buildEngineThread(name: string, file: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: file,
      target: NODE,
      outDir: MAIN_FOLDER,
      emptyOutDir: false,
      rolldownOptions: {
        output: {
          format: 'es',
          entryFileNames: `${name}.js`,
          topLevelVar: false,
          // Whole names and lines, for stack traces.
          minify: { compress: { target: NODE, keepNames: { function: true, class: true } }, mangle: false, codegen: { removeWhitespace: false } },
        },
      },
    },
  })
}

/**
 * Targets are the floor that the code promises (see README), not the Electron that happens to be installed: without
 * them electron-vite leaves newer syntax in. Packages under `dependencies` stay outside the bundles and are packed as
 * they are; everything else is bundled.
 */
export default defineConfig({
  main: {
    plugins: [engineThreads(), thirdPartyNotices()],
    build: {
      target: NODE,
      outDir: MAIN_FOLDER,
      rolldownOptions: {
        // The command line and the set-up's thread are built beside main and share its chunks.
        input: {
          main: here('src-main/app/main.ts'),
          cli: here('src-main/cli/main.ts'),
          'simulation-task': here('src-main/pool/simulation-task.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: NODE,
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: here('src-main/preload/preload.ts') },
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('src-renderer'),
    plugins: [vue(), thirdPartyNotices()],
    build: {
      target: 'chrome130',
      outDir: here('out/renderer'),
      // The content security policy allows no data: scripts or inline styles; keep every asset a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: here('src-renderer/index.html') } },
    },
  },
})
