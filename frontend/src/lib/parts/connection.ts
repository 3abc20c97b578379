import type { ConnectionInput, ConnectionState, ConnectionView, Kind, SettingsView } from '$lib/api'
import { t } from '$lib/i18n/index.svelte'

/** How long Go waits for the locks of other programs where nothing else is said (0). */
const USUAL_WAIT = 10

/** What the PostgreSQL programs do where an address says nothing of it (''). */
const USUAL_TLS = 'prefer'

/** No computer in between. */
const direct = {
  sshHost: '',
  sshPort: 0,
  sshUser: '',
  sshAuth: '',
  sshKeyFile: '',
  hasSSHSecret: false,
  sshSecret: '',
  sshTrust: '',
} as const

/** The input of a connection that does not exist yet. */
export function newConnection(kind: Kind): ConnectionInput {
  return {
    id: '',
    name: '',
    kind,
    path: '',
    host: '',
    port: kind === 'postgresql' ? 5432 : 0,
    database: '',
    user: '',
    password: '',
    tls: kind === 'postgresql' ? USUAL_TLS : '',
    rootCert: '',
    clientCert: '',
    clientKey: '',
    parameters: '',
    ...direct,
    label: '',
    color: kind === 'postgresql' ? 'indigo' : 'teal',
    production: false,
    waitSeconds: USUAL_WAIT,
    toolsDir: '',
    lockFile: '',
    reloadFile: '',
    before: '',
    after: '',
    commandSeconds: 0,
  }
}

/** The input that changes a saved connection; an empty password keeps the stored one. */
export function inputOf(view: ConnectionView): ConnectionInput {
  return {
    id: view.id,
    name: view.name,
    kind: view.kind,
    path: view.path,
    host: view.host,
    port: view.port,
    database: view.database,
    user: view.user,
    password: '',
    tls: view.tls || (view.kind === 'postgresql' ? USUAL_TLS : ''),
    rootCert: view.rootCert,
    clientCert: view.clientCert,
    clientKey: view.clientKey,
    parameters: view.parameters,
    sshHost: view.sshHost,
    sshPort: view.sshPort,
    sshUser: view.sshUser,
    sshAuth: view.sshAuth,
    sshKeyFile: view.sshKeyFile,
    hasSSHSecret: view.hasSSHSecret,
    sshSecret: '',
    sshTrust: '',
    label: view.label,
    color: view.color,
    production: view.production,
    waitSeconds: view.waitSeconds || USUAL_WAIT,
    toolsDir: view.toolsDir,
    lockFile: view.lockFile,
    reloadFile: view.reloadFile,
    before: view.before,
    after: view.after,
    commandSeconds: view.commandSeconds,
  }
}

/** input with what was read out of an application's settings in the place of what it said of where the database is. */
export function withSettings(input: ConnectionInput, { input: read }: SettingsView): ConnectionInput {
  const { kind, path, host, database, user, password, rootCert, clientCert, clientKey, parameters } = read
  const usual = newConnection(kind)
  const where = { kind, path, host, database, user, password, rootCert, clientCert, clientKey, parameters }
  return { ...input, ...where, port: read.port || usual.port, tls: read.tls || usual.tls }
}

const DAY = 86_400_000

/** Why the database of a connection is not there, and for how long; '' where it is. */
export function unreached(connection: ConnectionView, state: ConnectionState | undefined, now: number): string {
  if (!state?.failure) return ''
  const n = Math.floor((now - state.since) / DAY)
  if (connection.kind === 'sqlite' && state.failure.code === 'not_found') {
    return n > 0 ? t('state.noFile.days', { n }) : t('state.noFile')
  }
  return n > 0 ? t('state.noAnswer.days', { n }) : t('state.noAnswer')
}
