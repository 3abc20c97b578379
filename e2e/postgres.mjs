// A private PostgreSQL cluster: in a folder of its own, on a free port of the loopback address, gone with the process
// that started it. Servers refuse to run as root: then it runs as the system's postgres user.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './port.mjs'
import { until } from './wait.mjs'

const password = 'segredo'

export class Cluster {
  #folder
  #server

  /** start makes a cluster and waits until it answers. bin is the folder of the server's programs. */
  static async start({ bin = newest() } = {}) {
    const cluster = new Cluster()
    // Not below the caller's own temporary folder, which another user may not enter.
    const folder = (cluster.#folder = mkdtempSync('/tmp/cofre-pg-'))
    const user = process.getuid() === 0 ? postgresUser() : {}
    if (user.uid) chownSync(folder, user.uid, user.gid)
    const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }
    const data = join(folder, 'data')
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      ...user, env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'],
    })
    cluster.port = await freePort()
    const settings = { port: cluster.port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' }
    const options = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
    cluster.#server = spawn(join(bin, 'postgres'), ['-D', data, ...options], { ...user, env, cwd: folder, stdio: 'ignore' })
    await until('the private PostgreSQL cluster', () => cluster.sql('SELECT 1', 'postgres') === '1', 30_000)
    return cluster
  }

  /** url names a database of the cluster. */
  url(database) {
    return `postgres://postgres:${password}@127.0.0.1:${this.port}/${database}`
  }

  /** sql runs statements in a database and returns what psql prints, unaligned. */
  sql(statements, database) {
    const stdio = ['pipe', 'pipe', 'pipe']
    return execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', this.url(database)], { input: statements, encoding: 'utf8', stdio }).trim()
  }

  async stop() {
    if (this.#server.exitCode === null) {
      const exit = once(this.#server, 'exit')
      this.#server.kill('SIGQUIT') // at once: nothing of it is kept
      await exit
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function newest() {
  const installed = '/usr/lib/postgresql'
  const majors = existsSync(installed) ? readdirSync(installed).map(Number).sort((a, b) => b - a) : []
  const bins = [...majors.map((major) => join(installed, String(major), 'bin')), ...process.env.PATH.split(':')]
  const found = bins.find((bin) => existsSync(join(bin, 'initdb')))
  if (!found) throw new Error('no PostgreSQL server programs found (initdb, postgres)')
  return found
}

function postgresUser() {
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
