import { createServer } from 'node:net'
import { defineConfig } from '@playwright/test'

// Workers read this file again and must come to the same ports.
const port = (process.env.E2E_WINDOW_PORT ??= String(await freePort()))
const harness = (process.env.E2E_HARNESS_PORT ??= String(await freePort()))
const at = (which: string) => `http://127.0.0.1:${which}`

export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  workers: '100%',
  outputDir: 'test-results',
  use: {
    viewport: { width: 1180, height: 780 },
    locale: 'en',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM || undefined, args: ['--no-sandbox'] },
  },
  projects: [
    // The page in a browser, with the real Go program behind it. One program serves all tests, so they run one after
    // the other and each begins where the one before ended.
    { name: 'window', testMatch: 'window/*.spec.ts', workers: 1, use: { baseURL: at(port) } },
    // Every page in every state on made-up data: accessibility, sizes, languages, themes, keys.
    { name: 'pages', testMatch: 'pages/*.spec.ts', fullyParallel: true, use: { baseURL: at(harness) } },
  ],
  webServer: [
    {
      command: `../e2e/dev-server.sh ${port}`,
      url: at(port),
      env: { COFRE_LANG: 'en', COFRE_KEYRING: 'off' },
      gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
      timeout: 60_000,
    },
    {
      command: `npm run --silent harness -- --host 127.0.0.1 --port ${harness} --strictPort`,
      url: at(harness),
      timeout: 180_000,
    },
  ],
})

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(found))
    })
  })
}
