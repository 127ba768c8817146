import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  forbidOnly: true,
  // An Electron of its own for each spec; more than two at once starve each other on a small machine.
  workers: process.env.CI ? 1 : 2,
  fullyParallel: true,
  // Driving a real window through the debugger sometimes loses a message under load. What passes on a second try is
  // named as flaky in the output.
  retries: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: process.env.CNI_LAB_E2E_REPORT ?? 'test-results/e2e.json' }]],
  projects: [
    { name: 'app', testIgnore: '**/packed/**' },
    { name: 'packed', testMatch: '**/packed/*.spec.ts' },
  ],
})
