import path from 'node:path'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const here = (relative: string): string => path.resolve(import.meta.dirname, relative)

/**
 * Targets are the floor that the code promises (see README), not the Electron that happens to be installed: without
 * them electron-vite leaves newer syntax in. Packages under `dependencies` stay outside the bundles and are packed as
 * they are; everything else is bundled.
 */
export default defineConfig({
  main: {
    build: {
      target: 'node20',
      outDir: 'out/main',
      rolldownOptions: {
        // The command line and the entries of worker threads are built beside main and share its chunks.
        input: {
          main: here('src-main/app/main.ts'),
          cli: here('src-main/cli/main.ts'),
          worker: here('src-worker/main.ts'),
          partner: here('src-worker/partner.ts'),
          'simulation-task': here('src-main/pool/simulation-task.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20',
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
    plugins: [vue()],
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
