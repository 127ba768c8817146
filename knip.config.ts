import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: [
    'src-main/{app,cli}/main.ts',
    'src-main/preload/preload.ts',
    'src-worker/main.ts',
    'src-main/pool/simulation-task.ts',
    'src-renderer/main.ts',
    'scripts/*.{mjs,cjs}',
    'test/**/*.{test,spec,bench}.ts',
  ],
  project: ['src-*/**/*.{ts,vue}', 'scripts/**/*.{mjs,cjs}', 'test/**/*.ts', '*.config.{ts,js}'],
}

export default config
