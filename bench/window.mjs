#!/usr/bin/env node
// window.mjs: how fast the window is, under e2e/with-display.sh; the databases are main.go's.
import { measureWindow } from '../e2e/measure.mjs'

console.log('\nWindow')
for (const { name, ms, limit } of await measureWindow()) {
  const shown = `${ms.toFixed(0)} ms`.padStart(10)
  console.log(`  ${name.padEnd(44)} ${shown} ${''.padStart(19)} ${`${limit} ms`.padStart(8)}  ${ms > limit ? 'OVER' : 'holds'}`)
}
