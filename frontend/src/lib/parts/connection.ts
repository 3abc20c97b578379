import type { ConnectionInput, ConnectionView, Kind } from '$lib/api'

/** The input of a connection that does not exist yet. */
export function newConnection(kind: Kind): ConnectionInput {
  return {
    id: '',
    name: '',
    kind,
    path: '',
    url: '',
    host: '',
    port: kind === 'postgresql' ? 5432 : 0,
    database: '',
    user: '',
    password: '',
    tls: kind === 'postgresql' ? 'prefer' : '',
    label: '',
    color: kind === 'postgresql' ? 'indigo' : 'teal',
    production: false,
    waitSeconds: 10,
    toolsDir: '',
  }
}

/** The input that changes a saved connection; an empty password keeps the stored one. */
export function inputOf(view: ConnectionView): ConnectionInput {
  return {
    id: view.id,
    name: view.name,
    kind: view.kind,
    path: view.path,
    url: '',
    host: view.host,
    port: view.port,
    database: view.database,
    user: view.user,
    password: '',
    tls: view.tls,
    label: view.label,
    color: view.color,
    production: view.production,
    waitSeconds: view.waitSeconds,
    toolsDir: view.toolsDir,
  }
}
