import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig(({ mode }) => ({
  plugins: [tailwindcss(), svelte()],
  resolve: {
    alias: { $lib: here('./src/lib') },
    // The tests mount components, so they need Svelte's browser build.
    ...(mode === 'test' && { conditions: ['browser'] }),
  },
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 1000, modulePreload: { polyfill: false } },
  // The words that Go and the window share lie outside this folder.
  server: { fs: { allow: [here('.'), here('../internal/text')] } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./src/test/setup.ts'],
    restoreMocks: true,
    // A busy machine is slow, not wrong.
    testTimeout: 30_000,
  },
}))
