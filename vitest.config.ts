import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/** A project whose tests run in plain Node. */
const node = (name: string, include: string[], exclude: string[] = [], testTimeout = 60_000) => ({
  extends: true as const,
  test: { name, include, exclude, environment: 'node', testTimeout },
})

export default defineConfig({
  test: {
    // Two cores are the smallest machine this is tested on; more workers only fight over them.
    maxWorkers: 2,
    // Files of a worker share their modules: three quarters of the time went into loading the same ones again. What a
    // test replaces is put back after it.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      node('unit', ['test/unit/**/*.test.ts'], ['test/unit/renderer/**']),
      {
        extends: true,
        plugins: [vue()],
        test: { name: 'renderer', include: ['test/unit/renderer/**/*.test.ts'], environment: 'jsdom', testTimeout: 60_000 },
      },
      node('property', ['test/property/**/*.test.ts'], [], 60_000),
      node('golden', ['test/golden/**/*.test.ts'], [], 120_000),
      node('validation', ['test/validation/**/*.test.ts'], [], 300_000),
      node('conformance', ['test/conformance/**/*.test.ts'], [], 300_000),
      node('cli', ['test/cli/**/*.test.ts'], [], 120_000),
    ],
    benchmark: { include: ['test/bench/**/*.bench.ts'] },
  },
})
