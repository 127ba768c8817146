// Import directions of the house (docs/architecture.md). Run: npm run check:imports
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/**
 * Folders in the order data flows; an entry is a folder or a group of folders that may see each other. An earlier
 * folder may not import a later one.
 */
const oneWay = (root, stages) =>
  stages.slice(0, -1).map((stage, index) => {
    const names = (entry) => [entry].flat().join('|');
    const later = stages.slice(index + 1).map(names).join('|');
    return forbid(
      `one-way-${root}-${names(stage).replaceAll('|', '-')}`,
      `${root}: ${stages.map((entry) => [entry].flat().join(', ')).join(' -> ')}.`,
      { path: `^${root}/(${names(stage)})/` },
      { path: `^${root}/(${later})/` },
    );
  });

/** Each folder of `root` may import itself and the folders listed for it, and no other folder of `root`. */
const only = (root, allowed) =>
  Object.entries(allowed).map(([folder, others]) =>
    forbid(
      `only-${root}-${folder}`,
      `${root}/${folder} imports ${others.length > 0 ? others.join(', ') : 'nothing'} of ${root}.`,
      { path: `^${root}/${folder}/` },
      { path: `^${root}/`, pathNot: `^${root}/(${[folder, ...others].join('|')})/` },
    ),
  );

/** None of the folders imports another of them, except those in `but`, which all may import. */
const strangers = (name, root, folders, but = []) =>
  forbid(
    name,
    `${root}: ${folders.join(', ')} do not import each other.`,
    { path: `^${root}/(${folders.join('|')})/` },
    { path: `^${root}/(${folders.join('|')})/`, pathNot: `^${root}/(${['$1', ...but].join('|')})/` },
  );

const builtIns = { dependencyTypes: ['core'] };
const features = [
  'designer', 'palette', 'inspector', 'problems', 'traffic', 'variants', 'text', 'generate', 'pictures', 'cluster-export',
  'charts', 'compare', 'packets', 'policies', 'trust', 'faults', 'failures', 'control-plane',
];

module.exports = {
  forbidden: [
    forbid('no-circular', 'Two modules in a cycle are one module.', {}, { circular: true }),
    forbid('no-production-to-test', 'Product code never imports test code.', { path: '^src-' }, { path: '^test/' }),
    forbid('resolvable', 'Every import resolves.', { path: '^src-' }, { couldNotResolve: true }),

    forbid('shared-is-pure', 'Shared code runs on every side, so it knows no side.',
      { path: '^src-shared/' }, { path: '^(src-main|src-worker|src-renderer)/|^node_modules/(electron|vue|pinia|piscina)/' }),
    forbid('shared-no-node', 'Shared code has no Node built-ins.', { path: '^src-shared/' }, builtIns),
    ...only('src-shared', {
      units: [],
      wire: ['units'],
      lookup: ['units'],
      lab: ['units'],
      plan: ['units', 'wire', 'lookup'],
      metrics: ['units', 'plan'],
      analysis: ['units', 'plan', 'metrics'],
      charts: ['units', 'plan', 'metrics', 'analysis'],
      capture: ['units', 'wire', 'plan'],
      trace: ['wire', 'contract'],
      comparison: ['units', 'plan', 'metrics', 'analysis', 'charts', 'contract'],
    }),

    forbid('worker-is-headless', 'Workers see shared code only, and no lab document.',
      { path: '^src-worker/' },
      { path: '^(src-main|src-renderer|src-shared/lab)/|^node_modules/(electron|vue|pinia)/' }),
    forbid('engine-is-pure', 'The engine, its metrics, captures and its division have no Node built-ins and no packages.',
      { path: '^src-worker/(engine|metrics|observe|parallel)/' }, { dependencyTypes: ['core', 'npm', 'npm-dev'] }),
    ...oneWay('src-worker', ['metrics', 'engine', 'observe', 'parallel']),

    forbid('electron-only-at-the-edge', 'electron is imported in app/, ipc/ and preload/ only.',
      { path: '^src-', pathNot: '^src-main/(app|ipc|preload)/' }, { path: '^(node_modules/)?electron($|/)' }),
    forbid('simulation-is-pure', 'Set-up of a simulation runs in a plain test, without Electron, files or a pool.',
      { path: '^src-main/simulation/' }, { path: '^src-main/(?!simulation/)|^src-worker/|^node_modules/(electron|piscina)/' }),
    forbid('simulation-no-node', 'Set-up of a simulation has no Node built-ins.',
      { path: '^src-main/simulation/' }, builtIns),
    ...oneWay('src-main/simulation', [
      'topology', 'kubernetes', ['ipam', 'bgp', 'policy', 'services'], 'agents', 'cni', 'plan', ['trace', 'capture'], 'comparison',
    ]),
    forbid('cni-models-are-independent', 'One CNI model never imports another.',
      { path: '^src-main/simulation/cni/([^/]+)/' },
      { path: '^src-main/simulation/cni/[^/]+/', pathNot: '^src-main/simulation/cni/($1|common)/' }),
    forbid('analysis-is-pure', 'Analysis works on results: no files, no pool, no Electron.',
      { path: '^src-main/analysis/' }, builtIns),
    forbid('worker-entry-by-path', 'Only pool/ sees the worker, and only its entry.',
      { path: '^src-main/' }, { path: '^src-worker/', pathNot: '^src-worker/main[.]ts$' }),
    forbid('worker-from-pool-only', 'Only pool/ names the worker entry.',
      { path: '^src-main/', pathNot: '^src-main/pool/' }, { path: '^src-worker/' }),
    forbid('main-never-sees-views', 'Main does not import the renderer.', { path: '^src-main/' }, { path: '^src-renderer/' }),
    ...oneWay('src-main', ['simulation', 'pool', ['documents', 'runs', 'analysis'], ['ipc', 'cli'], 'app']),
    forbid('cli-without-electron', 'The command line never reaches the window side.',
      { path: '^src-main/cli/' }, { path: '^src-main/(app|ipc|preload)/' }),
    forbid('preload-is-thin', 'Preload imports electron and the contract.',
      { path: '^src-main/preload/' }, { path: '^src-(?!shared/contract/|main/preload/)' }),

    forbid('renderer-no-privilege', 'The renderer reaches main through bridge/ only.',
      { path: '^src-renderer/' }, { path: '^(src-main|src-worker)/|^node_modules/(electron|piscina)/' }),
    forbid('renderer-no-node', 'The renderer is sandboxed.', { path: '^src-renderer/' }, builtIns),
    forbid('bridge-from-stores-only', 'Views read stores; stores call the bridge.',
      { path: '^src-renderer/', pathNot: '^src-renderer/(stores|bridge)/|^src-renderer/main[.]ts$' },
      { path: '^src-renderer/bridge/' }),
    ...oneWay('src-renderer', ['bridge', 'stores', 'fields', features, 'frame']),
    forbid('ui-is-dumb', 'ui/ and composables/ know no store and no feature.',
      { path: '^src-renderer/(ui|composables)/' },
      { path: `^src-renderer/(bridge|stores|fields|frame|${features.join('|')})/` }),
    strangers('features-meet-in-stores', 'src-renderer', features, ['charts']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true, // see type-only imports too
    tsConfig: { fileName: 'tsconfig.base.json' },
    // No extraExtensionsToScan: ['.vue']: it lists components but stops parsing them.
    enhancedResolveOptions: {
      extensions: ['.ts', '.vue', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
