import type { App, Events } from '$lib/api'
import type { ConnectionView, Failure, TrailEntry, TrailView } from '$lib/api'
import * as data from './fixtures'
import * as inside from './inside'
import { notifications } from './notifications'

/** How Go rejects a call: one JSON string. */
export function rejection(failure: Partial<Failure> & { reason: string }): string {
  return JSON.stringify({ code: 'internal', args: {}, detail: '', ...failure })
}

export const RECOVERY_CODE = '7KQ2M-XR4TN-0VWHB-9FZ3C-DP5YA'

/** The Go side of the window: answers from memory, and events that a test sends. */
export interface Fake {
  app: App
  emit: <E extends keyof Events>(event: E, data: Events[E]) => void
}

/** Puts a fake Go behind the page (window.go and window.runtime); overrides answer in place of the defaults. */
export function installFake(overrides: Partial<App> = {}): Fake {
  const listeners = new Map<string, Set<(data: unknown) => void>>()
  let settings = data.start.settings
  let connections: ConnectionView[] = [data.production, data.staging, data.development]
  let administrators = data.administrators
  const done = () => Promise.resolve()

  const app: App = {
    Start: () => Promise.resolve({ ...data.start, settings }),
    CreateAdministrator: (name) => Promise.resolve({ user: name, recoveryCode: RECOVERY_CODE }),
    Login: (name) => Promise.resolve({ user: name }),
    Lock: done,
    Recover: (name) => Promise.resolve({ user: name, recoveryCode: RECOVERY_CODE }),
    About: () =>
      Promise.resolve({
        version: '1.0.0',
        go: 'go1.26.0',
        system: 'linux/amd64',
        sqlite: '3.51.0',
        tools: ['pg_dump 18.2 (/usr/lib/postgresql/18/bin)', 'pg_restore 18.2 (/usr/lib/postgresql/18/bin)'],
      }),
    Diagnosis: () =>
      Promise.resolve([
        { name: 'versions.json', text: '{\n  "version": "1.0.0"\n}\n' },
        { name: 'log.jsonl', text: '{"level":"info","module":"job","message":"job ended"}\n' },
      ]),
    SaveDiagnosis: () => Promise.resolve('/home/mariana/cofre-diagnosis.zip'),
    Administrators: () => Promise.resolve(administrators),
    AddAdministrator: (_own, name) => {
      administrators = [...administrators, { name, createdAt: data.NOW, hasCode: true, you: false }]
      return Promise.resolve(RECOVERY_CODE)
    },
    RemoveAdministrator: (_own, name) => {
      administrators = administrators.filter((each) => each.name !== name)
      return Promise.resolve()
    },
    ChangePassword: done,
    MakeRecoveryCode: () => {
      administrators = administrators.map((each) => ({ ...each, hasCode: each.hasCode || each.you }))
      return Promise.resolve(RECOVERY_CODE)
    },
    SaveRecoveryCode: () => Promise.resolve('/home/mariana/cofre-recovery-code.txt'),
    SaveSettings: (next) => Promise.resolve((settings = next)),
    Acknowledge: done,
    Remember: done,
    Connections: () => Promise.resolve(connections),
    ConnectionStates: () => Promise.resolve(data.states),
    SaveConnection: (input) =>
      Promise.resolve({ ...data.development, ...input, id: input.id || 'c9', hasPassword: true, active: false }),
    StoredSecrets: () => Promise.resolve({ password: true, sshSecret: true }),
    ReadSettings: () => Promise.resolve(data.settings),
    TestConnection: () => Promise.resolve(data.tested),
    DeleteConnection: done,
    Activate: (id) => {
      connections = connections.map((c) => ({ ...c, active: c.id === id }))
      return Promise.resolve()
    },
    ChooseDatabaseFile: () => Promise.resolve('/data/app.sqlite3'),
    ChooseFile: () => Promise.resolve('/etc/ssl/ca.pem'),
    ChooseKeyFile: () => Promise.resolve('/home/mariana/key.txt'),
    ChooseFolder: () => Promise.resolve('/data/backups'),
    CreateSample: () => Promise.resolve(data.development),
    GetOverview: () => Promise.resolve(data.overview),
    Backups: () => Promise.resolve(data.backups),
    BackupDetail: (id) =>
      Promise.resolve(id === 'b5' ? { sha256: '', tables: [], rows: 0, profile: null } : data.detail),
    StartBackup: () => Promise.resolve('j1'),
    PinBackup: done,
    DeleteBackup: done,
    UndeleteBackup: done,
    NoteBackup: done,
    ImportBackup: () => Promise.resolve('b6'),
    CompareBackups: () => Promise.resolve(data.comparison),
    Events: () => Promise.resolve(data.events),
    SaveCopy: () => Promise.resolve('/data/copy.dump'),
    SaveReport: () => Promise.resolve('/home/mariana/report.html'),
    RevealBackup: done,
    VerifyBackup: () => Promise.resolve('j1'),
    RehearseBackup: () => Promise.resolve('j1'),
    ChooseBackupFile: () => Promise.resolve('/data/backup_full_20251220.dump'),
    LookInside: () => Promise.resolve(inside.view),
    InsideRows: (input) => Promise.resolve(inside.rowsOf(input)),
    InsideValue: ({ table, place, column }) => Promise.resolve(inside.valueOf(table, place, column)),
    FindInside: ({ text, have }) => Promise.resolve(inside.found(text, have)),
    CloseInside: done,
    Schedules: () => Promise.resolve(data.schedules),
    PreviewSchedule: (when) =>
      when.split(/\s+/).length < 2 || when.includes('99')
        ? Promise.reject(new Error(rejection({ code: 'invalid', reason: 'schedule.when', args: { when } })))
        : Promise.resolve({ rule: data.schedules[1]?.rule ?? null, next: data.schedules[1]?.next ?? [] }),
    SaveSchedule: (input) =>
      Promise.resolve({ ...data.schedules[0]!, ...input, id: input.id || 's9', connectionID: input.connection }),
    RemoveSchedule: done,
    PauseSchedule: done,
    ScheduleMonth: (year, month) => Promise.resolve(data.monthOf(year, month)),
    Timer: () =>
      Promise.resolve({
        on: true,
        needsLinger: true,
        files: ['/home/mariana/.config/systemd/user/cofre-schedule.timer'],
      }),
    SetTimer: (on) => Promise.resolve({ on, needsLinger: on, files: [] }),
    Autostart: () => Promise.resolve(false),
    SetAutostart: (on) => Promise.resolve(on),
    Cleaning: (list) => Promise.resolve(list ? data.cleaning : { ...data.cleaning, fates: [] }),
    PreviewCleaning: (rules) => Promise.resolve({ ...data.cleaning, rules, fates: [] }),
    SaveRules: done,
    StartCleaning: () => Promise.resolve('j1'),
    AllWell: done,
    Watch: () => Promise.resolve(data.watch),
    SetWatch: (input) => Promise.resolve({ ...data.watch, ...input }),
    NotNow: done,
    Kept: () => Promise.resolve({ days: 7, databases: [] }),
    KeepFor: (days) => Promise.resolve({ days, databases: [] }),
    PlanRestore: () => Promise.resolve(data.plan),
    Decide: done,
    Difference: () => Promise.resolve(data.difference),
    CancelDifference: done,
    PlanUndo: () => Promise.resolve({ ...data.plan, undo: true, fileName: 'wimm_prod__old_20251222_143607' }),
    StartRestore: () => Promise.resolve('j1'),
    LastResult: () => Promise.resolve(data.result),
    CurrentJob: () => Promise.resolve(null),
    JobLog: (_id, after) => Promise.resolve(data.log.filter((line) => line.n > after)),
    CancelJob: done,
    Activity: () =>
      Promise.resolve([
        activity('a1', 'backup', 'running', 0.01),
        activity('a2', 'restore', 'succeeded', 20),
        activity('a3', 'restore', 'untouched', 26, {
          code: 'busy',
          reason: 'archive.in_use',
          args: { file: 'db.sqlite3' },
          detail: '',
        }),
        activity('a4', 'verify', 'cancelled', 50),
        activity('a5', 'save', 'succeeded', 74),
        activity('a6', 'restore', 'rolled_back', 99),
        activity('a7', 'prune', 'succeeded', 100),
      ]),
    Trail: ({ what, behind }) => Promise.resolve(trailOf(what, behind)),
    CheckTrail: () => Promise.resolve({ entries: 250, manifests: 12, otherTrails: 0, damage: null }),
    ExportTrail: (_input, form) => Promise.resolve(`/data/cofre-audit.${form}`),
    Notifications: () => Promise.resolve(notifications),
    SaveChannel: (input) => Promise.resolve({ ...notifications.channels[0]!, ...input, id: input.id || 'n9' }),
    TestChannel: () => Promise.resolve('250 2.0.0 queued as 4F1B'),
    RemoveChannel: done,
    ExpectBackup: done,
    Watching: done,
    Log: () =>
      Promise.resolve([
        '{"level":"info","module":"boot","time":"2025-12-22T14:00:01Z","message":"opened","version":"0.1.0"}',
        '{"level":"info","module":"backup","time":"2025-12-22T14:14:02Z","message":"backup made","bytes":8612345}',
        '{"level":"error","module":"restore","time":"2025-12-22T14:31:02Z","message":"restore failed","code":"busy"}',
      ]),
    Recognise: (path) =>
      Promise.resolve({
        path,
        name: path.split('/').at(-1) ?? path,
        kind: 'postgresql',
        format: 'custom',
        version: '15.20',
        bytes: 8_401_000,
        failure: null,
        encrypted: false,
      }),
    Unlock: done,
    Quit: done,
    ClipboardSet: done,
    ...overrides,
  }
  window.go = { main: { App: app } }
  window.runtime = {
    EventsOn(name, callback) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(callback))
      return () => set.delete(callback)
    },
    Quit: () => undefined,
  }
  return { app, emit: (event, value) => listeners.get(event)?.forEach((listener) => listener(value)) }
}

/** A page of a trail of 250 entries, the newest first; the first ten are logins, the rest backups. */
function trailOf(what: string, behind: number): TrailView {
  const all = Array.from({ length: 250 }, (_, i) => entry(250 - i)).filter((e) => what === '' || e.what === what)
  const rest = all.filter((e) => behind === 0 || e.n < behind)
  const entries = rest.slice(0, 100)
  return { entries, ended: rest.length <= 100, behind: entries.at(-1)?.n ?? 0 }
}

function entry(n: number): TrailEntry {
  const login = n <= 10
  return {
    n,
    at: Date.parse('2025-12-22T12:00:00Z') + n * 60_000,
    who: 'Rafael',
    what: login ? 'login' : 'backup',
    ending: login && n === 3 ? 'failed' : 'succeeded',
    reason: login && n === 3 ? 'auth.wrong' : '',
    database: login ? '' : 'wimm_prod',
    place: login ? '' : 'localhost:5432',
    subject: '',
    tookMS: login ? 0 : 4200,
    job: '',
    plan: '',
    backup: login ? '' : `b${n}`,
    files: login ? [] : [{ as: 'backup', path: `/data/backup_${n}.dump`, sha256: 'e3b0c442' }],
    names: [],
    cause: null,
    hash: `hash${n}`,
  }
}

function activity(
  id: string,
  kind: string,
  status: 'running' | 'succeeded' | 'untouched' | 'cancelled' | 'rolled_back',
  hours: number,
  failure: Failure | null = null,
) {
  return {
    id,
    kind,
    what: kind,
    ofActive: true,
    target: 'wimm_prod',
    by: id === 'a6' ? 'cli:rafael' : 'mariana',
    startedAt: data.NOW - hours * 3_600_000,
    tookMS: 1200 * hours,
    status,
    backupID: '',
    file: kind === 'backup' ? '' : '/home/mariana/.local/share/cofre/backups/backup_full_20251220.dump',
    failure,
  }
}
