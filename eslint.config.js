import { globalIgnores } from 'eslint/config'
import pluginVue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/**
 * Forbids a kind of syntax inside loops.
 * @param {string} selector
 * @param {string} message
 */
const inLoops = (selector, message) =>
  ['ForStatement', 'WhileStatement', 'DoWhileStatement'].map((loop) => ({ selector: `${loop} ${selector}`, message }))

export default tseslint.config(
  globalIgnores(['out/', 'dist/', 'node_modules/', 'coverage/', 'test-results/', 'test/fixture/']),
  ...tseslint.configs.strictTypeChecked,
  ...pluginVue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      // A number in a message is what messages are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Indexed reads that the code has just bounded; see noUncheckedIndexedAccess.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: a name can be searched for.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union or an `as const` table.' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A third of the linter's time, for enums that nobody writes here and classes that nobody compares.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    // The shape in which a component is declared to the type checker.
    files: ['**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      // Layout of templates is the author's; these three only move line breaks about.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'any', normal: 'always', component: 'always' } }],
      // An absent prop is undefined, and its type says so.
      'vue/require-default-prop': 'off',
      // The rule does not know that destructured props are optional.
      '@typescript-eslint/no-useless-default-assignment': 'off',
      // What another component exposes has a type for vue-tsc, which checks it, but none for this linter.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    // Simulated time is an argument and randomness comes from the plan's seeds.
    files: ['src-worker/{engine,metrics,observe}/**/*.ts', 'src-main/simulation/**/*.ts', 'src-shared/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Date', 'performance', 'console', 'setTimeout', 'setInterval', 'queueMicrotask'].map((name) => ({
          name,
          message: 'Pure code: time and output are arguments.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from seeded streams in the plan.' },
      ],
    },
  },
  {
    // The hot loop allocates nothing. These are reminders: a one-line disable with its reason is fine where a
    // benchmark shows no harm.
    files: ['src-worker/engine/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union or an `as const` table.' },
        { selector: 'AwaitExpression', message: 'The engine is synchronous.' },
        ...inLoops('ObjectExpression', 'No object literals in a loop.'),
        ...inLoops('ArrayExpression', 'No array literals in a loop.'),
        ...inLoops('SpreadElement', 'No spread in a loop.'),
        ...inLoops('ArrowFunctionExpression', 'No closures in a loop.'),
        ...inLoops('FunctionExpression', 'No closures in a loop.'),
        ...inLoops('TemplateLiteral', 'No string work in a loop.'),
      ],
    },
  },
  {
    // piscina looks for a worker's task under `default`.
    files: ['src-worker/main.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src-main/cli/**/*.ts', 'scripts/**/*.{mjs,cjs}'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tools read a default export from their configuration, and run on Node as they are.
    files: ['*.config.{ts,js}', '.dependency-cruiser.cjs', 'scripts/**/*.{js,mjs,cjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      '@typescript-eslint/no-require-imports': 'off',
      'no-restricted-syntax': 'off',
      'no-console': 'off',
    },
  },
)
