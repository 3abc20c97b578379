import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vite'
import window from '../vite.config.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// The harness as static files, so that a test loads a page in milliseconds.
export default mergeConfig(window({ command: 'build', mode: 'harness' }), {
  root: here('.'),
  base: './',
  publicDir: false,
  build: { outDir: here('../node_modules/.harness'), emptyOutDir: true, minify: false },
})
