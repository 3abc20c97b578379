// Another program that holds a SQLite database: the way to keep a job waiting for as long as a test looks at it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { until } from './wait.mjs'

/** hold opens file and runs sql, such as BEGIN EXCLUSIVE; the answer's release ends it. */
export async function hold(file, sql) {
  const shell = spawn('sqlite3', [file], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  shell.stdout.on('data', (text) => (said += text))
  shell.stdin.write(`${sql};\nSELECT 'held';\n`)
  await until('the lock', () => said.includes('held'))
  return {
    async release() {
      const exit = once(shell, 'exit')
      shell.stdin.end('ROLLBACK;\n.quit\n')
      await exit
    },
  }
}
