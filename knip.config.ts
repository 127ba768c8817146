import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: [
    'src-main/{app,cli}/main.ts',
    'src-main/preload/preload.ts',
    'src-worker/{main,partner}.ts',
    'src-main/pool/simulation-task.ts',
    'src-renderer/main.ts',
    'scripts/*.mjs',
    'scripts/bird/record.mjs',
    'scripts/kernel/*/record.mjs',
    'scripts/fallback-electron/default-app/main.js',
    'electron-builder.config.js',
    'test/**/*.{test,spec,bench}.ts',
  ],
  project: ['src-*/**/*.{ts,vue}', 'scripts/**/*.{js,mjs}', 'test/**/*.ts', '*.config.{ts,js}'],
  ignoreExportsUsedInFile: true,
  // A folder's index names the types of what it exports, whether or not another folder spells them yet.
  exclude: ['types'],
  // Installed by scripts/set-up/system-packages.mjs; tshark reads captures in tests where it is installed; scripts/bird and
  // scripts/kernel run by hand, with iproute2; mkfifo is of every system on which tests write pipes.
  ignoreBinaries: ['Xvfb', 'tshark', 'ip', 'mkfifo'],
}

export default config
