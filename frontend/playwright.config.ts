import { defineConfig } from '@playwright/test'

const port = 34117

// The page in a browser, with the real Go program behind it. One program serves all tests, so they run one after the
// other and each begins where the one before ended.
export default defineConfig({
  testDir: 'e2e',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  outputDir: 'test-results',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1180, height: 780 },
    locale: 'en',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM || undefined, args: ['--no-sandbox'] },
  },
  webServer: {
    command: `../e2e/dev-server.sh ${port}`,
    url: `http://127.0.0.1:${port}`,
    env: { COFRE_LANG: 'en', COFRE_KEYRING: 'off' },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    timeout: 60_000,
  },
})
