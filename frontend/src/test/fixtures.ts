// Views as Go sends them, for tests and for the harness: one production database with
// backups of a month, one development file.
import type {
  ActivityView,
  AdministratorView,
  BackupDetail,
  BackupView,
  Check,
  CleaningView,
  ComparisonView,
  ConnectionState,
  ConnectionView,
  ContentsView,
  DayState,
  DayView,
  DifferenceView,
  Facts,
  LogLine,
  Offer,
  Overview,
  PlanView,
  ResultView,
  Rule,
  RunView,
  ScheduleView,
  SettingsView,
  Snapshot,
  StartView,
  StepView,
  TableDiff,
  TestView,
  WatchView,
} from '$lib/api'
import { inputOf } from '$lib/parts/connection'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The moment that everything is told from: 22 December 2025, 14:32 in the zone of the machine. */
export const NOW = new Date(2025, 11, 22, 14, 32).getTime()

export const production: ConnectionView = {
  id: 'c1',
  name: 'wimm_prod',
  kind: 'postgresql',
  path: '',
  host: 'db.wimm.example',
  port: 5432,
  database: 'wimm_prod',
  user: 'wimm',
  tls: 'verify-full',
  rootCert: '',
  clientCert: '',
  clientKey: '',
  parameters: '',
  sshHost: '',
  sshPort: 0,
  sshUser: '',
  sshAuth: '',
  sshKeyFile: '',
  hasSSHSecret: false,
  hasPassword: true,
  label: 'Production',
  color: 'wine',
  production: true,
  waitSeconds: 10,
  toolsDir: '',
  lockFile: '',
  reloadFile: '',
  before: '',
  after: '',
  commandSeconds: 0,
  active: true,
}

export const development: ConnectionView = {
  ...production,
  id: 'c2',
  name: 'db.sqlite3',
  kind: 'sqlite',
  path: '/home/mariana/wimm/db.sqlite3',
  host: '',
  port: 0,
  database: '',
  user: '',
  tls: '',
  hasPassword: false,
  label: 'Development',
  color: 'teal',
  production: false,
  active: false,
}

export const staging: ConnectionView = {
  ...production,
  id: 'c3',
  name: 'wimm_test',
  database: 'wimm_test',
  label: 'Staging',
  color: 'indigo',
  production: false,
  active: false,
}

export const tested: TestView = {
  version: '15.20',
  tables: 14,
  bytes: 41_200_000,
  roundTripMS: 12,
  tls: 'TLS 1.3',
  role: 'wimm',
  superuser: false,
  owner: true,
  creates: true,
  replica: false,
  aside: true,
  why: [],
  tools: ['pg_dump', 'pg_restore'].map((name) => ({
    name,
    version: '15.20',
    path: `/usr/lib/postgresql/15/bin/${name}`,
  })),
  noTools: null,
}

export const states: ConnectionState[] = [
  { id: 'c1', status: 'protected', reason: 'protected', args: {}, failure: null, since: 0 },
  { id: 'c3', status: 'attention', reason: 'aging', args: {}, failure: null, since: 0 },
  {
    id: 'c2',
    status: 'risk',
    reason: 'never',
    args: {},
    failure: { code: 'not_found', reason: 'archive.not_found', args: { path: development.path }, detail: '' },
    since: NOW - 2 * DAY,
  },
]

/** What a .env file said. */
export const settings: SettingsView = {
  input: {
    ...inputOf({ ...production, label: '', color: 'indigo', production: false }),
    id: '',
    name: '',
    host: 'db.loja.example',
    port: 0,
    database: 'loja',
    user: 'ana',
    password: 's3cr3t',
    tls: '',
  },
  open: [],
  ignored: [],
}

const rowsNow: [string, number, number][] = [
  ['finances_activitylog', 61_870, 61_402],
  ['finances_transaction', 48_526, 48_312],
  ['finances_receipt', 2931, 2904],
  ['finances_flowgroup', 1131, 1126],
  ['finances_budget', 642, 642],
  ['finances_period', 214, 213],
  ['finances_customuser', 24, 21],
  ['finances_familymember', 23, 22],
  ['finances_family', 6, 7],
  ['finances_category', 88, 84],
  ['finances_setting', 41, 41],
  ['auth_group', 4, 4],
  ['auth_permission', 37, 37],
  ['django_migrations', 1, 1],
]

export const people: Facts = {
  app: 'wimm-finance',
  groups: ['Família Andrade', 'Família Oliveira', 'Família Vasconcelos'],
  counters: [
    { key: 'families', rows: 7 },
    { key: 'users', rows: 21 },
    { key: 'transactions', rows: 48_312 },
  ],
  people: [
    { name: 'Mariana Andrade', email: 'mariana@wimm.example', role: 'admin', group: 'Família Andrade' },
    { name: 'Rafael Andrade', email: 'rafael@wimm.example', role: 'parent', group: 'Família Andrade' },
    { name: 'Conceição Oliveira', email: 'conceicao@wimm.example', role: 'admin', group: 'Família Oliveira' },
    ...Array.from({ length: 18 }, (_, i) => ({
      name: `Pessoa ${i + 4}`,
      email: `pessoa${i + 4}@wimm.example`,
      role: i % 3 === 0 ? 'parent' : 'child',
      group: 'Família Vasconcelos',
    })),
  ],
}

export const peopleNow: Facts = {
  ...people,
  groups: ['Família Andrade', 'Família Oliveira', 'Família Lima'],
  counters: [
    { key: 'families', rows: 6 },
    { key: 'users', rows: 24 },
    { key: 'transactions', rows: 48_526 },
  ],
  people: [
    ...(people.people ?? []),
    { name: 'Tiago Lima', email: 'tiago@wimm.example', role: 'parent', group: 'Família Lima' },
    { name: 'Helena Lima', email: 'helena@wimm.example', role: 'child', group: 'Família Lima' },
    { name: 'demo', email: 'demo@wimm.example', role: 'admin' },
  ],
}

const tablesAfter = rowsNow.map(([name, , rows]) => ({ name, rows }))
const tablesNow = rowsNow.map(([name, rows]) => ({ name, rows }))
const sum = (tables: { rows: number }[]) => tables.reduce((total, table) => total + table.rows, 0)

export const contentsNow: ContentsView = {
  kind: 'postgresql',
  format: 'database',
  version: '15.20',
  dumpedBy: '',
  database: 'wimm_prod',
  createdAt: 0,
  bytes: 41_200_000,
  compression: 'none',
  encrypted: false,
  tables: tablesNow,
  rows: sum(tablesNow),
  profile: peopleNow,
}

const good: BackupView = {
  id: 'b1',
  file: '/home/mariana/.local/share/cofre/backups/wimm_prod_20251222_141400.dump',
  name: 'wimm_prod_20251222_141400.dump',
  kind: 'postgresql',
  purpose: 'automatic',
  source: 'wimm_prod',
  place: 'db.wimm.example:5432',
  version: '15.20',
  by: 'mariana',
  note: '',
  createdAt: NOW - 18 * MINUTE,
  tookMS: 1240,
  bytes: 8_612_345,
  state: 'good',
  proven: null,
  reason: null,
  checkedAt: NOW - 18 * MINUTE,
  ofActive: true,
  pinned: false,
  cause: { added: 0, changed: 0, deleted: 31, tables: ['finances_transaction'] },
  sameAt: 0,
  anomalies: [],
  left: [],
}

export const detail: BackupDetail = {
  sha256: '9f2c41ab77d1c05e3b8a6f4d2e1098c7a5b4c3d2e1f00112233445566778e07d',
  tables: tablesAfter,
  rows: sum(tablesAfter),
  profile: people,
}

export const backups: BackupView[] = [
  good,
  {
    ...good,
    id: 'b2',
    name: 'wimm_prod_20251222_140000.dump',
    purpose: 'scheduled',
    cause: null,
    createdAt: NOW - 32 * MINUTE,
  },
  {
    ...good,
    id: 'b3',
    name: 'wimm_prod_20251222_113200.dump',
    purpose: 'manual',
    cause: null,
    note: 'After the budget was cleaned up',
    createdAt: NOW - 3 * HOUR,
    anomalies: [
      {
        level: 'warning',
        code: 'anomaly.emptied',
        args: { table: 'finances_budget', before: 642, after: 0, made_at: NOW - DAY - 11.5 * HOUR, id: 'b4' },
      },
      {
        level: 'info',
        code: 'anomaly.schema_changed',
        args: { before: 14, after: 14, made_at: NOW - DAY - 11.5 * HOUR, id: 'b4' },
      },
    ],
  },
  {
    ...good,
    id: 'b4',
    state: 'proven',
    proven: { at: NOW - DAY - 11 * HOUR, tookMS: 19_400, on: 'db.wimm.example:5432', version: '15.20', counted: 0 },
    name: 'wimm_prod_20251221_030000.dump',
    pinned: true,
    purpose: 'scheduled',
    cause: null,
    createdAt: NOW - DAY - 11.5 * HOUR,
    bytes: 8_498_000,
  },
  {
    ...good,
    id: 'b5',
    name: '',
    file: '',
    state: 'failed',
    createdAt: NOW - DAY * 2 + 4 * HOUR,
    bytes: 0,
    checkedAt: 0,
    reason: {
      code: 'unavailable',
      reason: 'archive.no_space',
      args: { path: '/home/mariana/.local/share/cofre/backups' },
      detail: '',
    },
  },
  {
    ...good,
    id: 'b6',
    name: 'backup_full_20251220.dump',
    purpose: 'manual',
    cause: null,
    note: 'Before the year-end import',
    createdAt: new Date(2025, 11, 20, 3, 0).getTime(),
    bytes: 8_401_000,
  },
  {
    ...good,
    id: 'b7',
    name: 'pre_restore_20251219_162002.dump',
    purpose: 'safety',
    cause: null,
    createdAt: new Date(2025, 11, 19, 16, 20).getTime(),
    bytes: 8_310_000,
  },
  {
    ...good,
    id: 'b8',
    name: 'wimm_prod_20251219_030000.dump',
    state: 'missing',
    createdAt: new Date(2025, 11, 19, 3, 0).getTime(),
    bytes: 8_300_000,
  },
]

/** A backup each hour, the newest first; every hundredth has a note. */
export function manyBackups(n: number): BackupView[] {
  return Array.from({ length: n }, (_, i) => ({
    ...good,
    id: `many-${i}`,
    name: `wimm_prod_${n - i}.dump`,
    note: i % 100 === 0 ? `Milestone ${n - i}` : '',
    createdAt: NOW - i * HOUR,
  }))
}

/** Five weeks of a good backup a day, proven each Sunday; one day has none, and one has been cleaned up. */
function daysOf(): DayView[] {
  return Array.from({ length: 35 }, (_, i) => {
    const at = NOW - (34 - i) * DAY - 18 * MINUTE
    const day = new Date(at)
    const date = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
    if (i < 5) return { date, state: '', at: 0, bytes: 0, rows: -1 }
    if (date === '2025-12-10') return { date, state: 'none', at: 0, bytes: 0, rows: -1 }
    const state = day.getDay() === 0 ? 'proven' : date === '2025-11-25' ? 'gone' : 'good'
    return { date, state, at, bytes: 5_600_000 + i * 88_600, rows: state === 'gone' ? -1 : 106_000 + i * 270 }
  })
}

export const overview: Overview = {
  question: null,
  offer: null,
  connection: production,
  status: 'protected',
  reason: 'protected',
  reasonArgs: { last_at: good.createdAt, days: 0 },
  contents: contentsNow,
  failure: null,
  last: good,
  lastGood: good,
  lastProven: null,
  rows: rowsNow.map(([table, rows], i) => ({ table, rows, before: i === 0 ? rows - 1 : i === 1 ? rows - 7 : rows })),
  days: daysOf(),
  next: { at: NOW + 28 * MINUTE, when: 'hourly', schedule: 'hourly' },
  repositoryFree: 212_000_000_000,
  repositoryTotal: 471_000_000_000,
  repositoryUsed: 386_000_000,
  databaseFree: 38_000_000_000,
  databaseTotal: 102_000_000_000,
  expectedRestoreMS: 19_400,
}

const steps: StepView[] = [
  { name: 'stage', state: 'todo', tookMS: 0, expectedMS: 2000 },
  { name: 'safety', state: 'todo', tookMS: 0, expectedMS: 3000 },
  { name: 'apply', state: 'todo', tookMS: 0, expectedMS: 9000 },
  { name: 'verify', state: 'todo', tookMS: 0, expectedMS: 4000 },
]

/** The largest loss first, then the largest gain, then what stays: the order that Go sends. */
const byLoss = (a: number, b: number) => (a < 0 || b < 0 ? a - b : b - a)

export const plan: PlanView = {
  id: 'p1',
  madeAt: NOW,
  mode: 'replace',
  method: 'one_transaction',
  connection: production,
  place: 'db.wimm.example:5432',
  backupID: 'b6',
  file: '/home/mariana/.local/share/cofre/backups/backup_full_20251220.dump',
  fileName: 'backup_full_20251220.dump',
  archive: {
    ...contentsNow,
    format: 'custom',
    dumpedBy: 'pg_dump 15.20',
    createdAt: new Date(2025, 11, 20, 3, 0).getTime(),
    bytes: 8_401_000,
    compression: 'gzip',
    tables: tablesAfter,
    rows: sum(tablesAfter),
    profile: people,
  },
  current: contentsNow,
  exists: true,
  undo: false,
  since: null,
  rows: rowsNow
    .map(([table, now, after]) => ({ table, now, after }))
    .toSorted((a, b) => byLoss(a.after - a.now, b.after - b.now)),
  comparable: true,
  checks: [
    {
      level: 'warning',
      code: 'archive.newer_backup',
      args: { at: good.createdAt, id: 'b1', file: good.name },
    },
    {
      level: 'warning',
      code: 'archive.other_source',
      args: { source: 'wimm_test', place: 'test.wimm.example:5432' },
    },
  ],
  consents: ['overwrite'],
  steps,
  expectedMS: 18_000,
  safetyName: 'pre_restore_20251222_143604.dump',
  keepAs: '',
  command: 'cofre restore b6 --connection wimm_prod --yes',
  examined: -1,
  findings: [],
  choices: { zone: '', alike: false, each: [] },
}

/** Of rowsNow: what counting alone can't tell is that three transactions changed, and that one category replaced five. */
const differing = (name: string, added: number, removed: number, changed: number): TableDiff => {
  const [, before, after] = rowsNow.find(([table]) => table === name) ?? [name, 0, 0]
  return { name, before, after, added, removed, changed, columns: false, skipped: '' }
}
export const difference: DifferenceView = {
  unknown: '',
  names: [
    { table: 'finances_family', key: 'families', label: '' },
    { table: 'finances_customuser', key: 'users', label: '' },
    { table: 'finances_transaction', key: 'transactions', label: '' },
  ],
  tables: [
    differing('finances_activitylog', 0, 468, 0),
    {
      ...differing('finances_transaction', 0, 214, 3),
      columns: true,
      altered: [
        { column: 'mood', change: 'removed', before: 'text', after: '' },
        { column: 'amount', change: 'type', before: 'numeric(12,2)', after: 'numeric(10,2)' },
      ],
      examples: [
        {
          kind: 'removed',
          key: [{ column: 'id', before: '48313', after: null }],
          fields: [
            { column: 'description', before: 'Corrida de aplicativo até a rodoviária, ida e volta', after: null },
            { column: 'amount', before: '-46.10', after: null },
            { column: 'note', before: null, after: null },
          ],
          more: 9,
        },
        {
          kind: 'changed',
          key: [{ column: 'id', before: '7', after: '7' }],
          fields: [{ column: 'amount', before: '1249.90', after: '1199.90' }],
          more: 0,
        },
      ],
    },
    differing('finances_receipt', 0, 27, 0),
    differing('finances_category', 1, 5, 0),
    differing('finances_flowgroup', 0, 5, 0),
    differing('finances_customuser', 0, 3, 0),
    { ...differing('finances_period', 0, 0, 0), skipped: 'unreadable' },
    differing('finances_familymember', 0, 1, 0),
    differing('finances_family', 1, 0, 0),
  ],
}

export const noRoom: Check = {
  level: 'blocker',
  code: 'room.repository',
  args: { free_bytes: 2_000_000, need_bytes: 8_401_000, folder: '/home/mariana/.local/share/cofre/backups' },
}

export const migration: PlanView = {
  ...plan,
  id: 'p2',
  mode: 'migrate',
  consents: ['overwrite', 'migrate'],
  fileName: 'wimm_20251218.sqlite3',
  archive: { ...plan.archive, kind: 'sqlite', format: 'sqlite3', version: '3.45.1' },
  checks: [],
  command: 'cofre restore wimm_20251218.sqlite3 --connection wimm_prod --yes --migrate',
}

export const rescue: PlanView = {
  ...plan,
  id: 'p4',
  method: 'backup_api',
  consents: ['overwrite', 'rescue'],
  connection: { ...development, active: true },
  keepAs: '/srv/app/dev__broken_20251222_143604.sqlite3',
  checks: [
    {
      level: 'warning',
      code: 'target.rescue',
      args: { path: '/srv/app/dev.sqlite3', kept: '/srv/app/dev__broken_20251222_143604.sqlite3' },
    },
  ],
  command: 'cofre restore b6 --connection dev --yes --rescue',
}

const example = (key: string, value: string, becomes?: string) => ({
  key,
  value,
  ...(becomes !== undefined && { becomes }),
})

/** A migration that waits for decisions. */
export const doctored: PlanView = {
  ...migration,
  id: 'p5',
  examined: 114_816,
  findings: [
    {
      table: 'acct',
      column: 'uid',
      type: 'uuid',
      code: 'not_uuid',
      level: 'blocker',
      rows: 1,
      examples: [example('id 20', 'not-a-uuid')],
      options: ['leave', 'stop'],
      action: 'stop',
    },
    {
      table: 'acct',
      column: 'owner',
      type: 'character varying(20)',
      code: 'too_long',
      level: 'blocker',
      rows: 412,
      examples: [
        example('id 20', 'owner far too long for its column', 'owner far too long f'),
        example('id 31', 'Maria Eduarda de Albuquerque e Vasconcelos', 'Maria Eduarda de Alb'),
        example('id 77', 'João Batista do Nascimento Filho', 'João Batista do Nasc'),
      ],
      options: ['convert', 'leave', 'stop'],
      action: 'stop',
    },
    {
      table: 'note',
      column: 'acct_id',
      type: 'bigint',
      code: 'orphan',
      level: 'warning',
      rows: 3,
      examples: [example('id 4', '99')],
      options: ['null', 'leave', 'stop'],
      action: 'null',
      args: { constraint: 'note_acct_id_fkey', parent: 'public.acct' },
    },
    { table: 'public.extra', code: 'table_extra', level: 'warning', rows: 0, action: 'convert' },
    {
      table: 'acct',
      column: 'at',
      type: 'timestamp with time zone',
      code: 'naive_time',
      level: 'info',
      rows: 5231,
      examples: [example('id 1', '2025-03-01 12:00:00', '2025-03-01 12:00:00+00')],
      action: 'convert',
    },
    {
      table: 'acct',
      column: 'kept',
      type: 'integer',
      code: 'column_default',
      level: 'info',
      rows: 5231,
      action: 'convert',
      args: { default: '0' },
    },
  ],
  checks: [
    {
      level: 'blocker',
      code: 'migrate.found.not_uuid',
      args: { place: 'acct.uid', n: 1, examples: 'id 20 → not-a-uuid' },
    },
    { level: 'blocker', code: 'migrate.found.too_long', args: { place: 'acct.owner', n: 412 } },
    { level: 'warning', code: 'archive.other_source', args: { source: 'wimm_test', place: 'test.wimm.example:5432' } },
  ],
  choices: { zone: '', alike: false, each: [{ table: 'note', column: 'acct_id', finding: 'orphan', action: 'null' }] },
}

export const blocked: PlanView = {
  ...plan,
  id: 'p3',
  mode: 'blocked',
  method: '',
  connection: { ...development, active: true },
  current: { ...contentsNow, kind: 'sqlite', version: '3.50.4' },
  consents: [],
  checks: [{ level: 'blocker', code: 'restore.postgresql_into_sqlite' }],
}

export const job: Snapshot = {
  id: 'j1',
  revision: 12,
  kind: 'restore',
  target: 'wimm_prod',
  state: 'running',
  startedAt: NOW - 12_000,
  endedAt: 0,
  steps: [
    { name: 'stage', state: 'done', tookMS: 2100, expectedMS: 2000 },
    { name: 'safety', state: 'done', tookMS: 2800, expectedMS: 3000 },
    { name: 'apply', state: 'running', tookMS: 6600, expectedMS: 9000 },
    { name: 'verify', state: 'todo', tookMS: 0, expectedMS: 4000 },
  ],
  step: 'apply',
  percent: 62,
  done: 38_144,
  total: 61_402,
  unit: 'rows',
  rate: 12_400,
  leftMS: 7000,
  item: 'finances_activitylog',
  cancelling: false,
  canCancel: true,
  error: null,
  logged: 4,
}

/** A rehearsal in a private server. */
export const rehearsal: Snapshot = {
  ...job,
  kind: 'rehearse',
  steps: [
    { name: 'stage', state: 'done', tookMS: 2100, expectedMS: 2000 },
    { name: 'lend', state: 'done', tookMS: 1900, expectedMS: 0 },
    { name: 'build', state: 'running', tookMS: 6600, expectedMS: 9000 },
    { name: 'compare', state: 'todo', tookMS: 0, expectedMS: 1000 },
  ],
  step: 'build',
}

export const log: LogLine[] = [
  { n: 1, at: NOW - 11_000, step: 'stage', text: 'sha256=ok  tables=14  rows=114807' },
  { n: 2, at: NOW - 9000, step: 'safety', text: 'pre_restore_20251222_143604.dump  bytes=9017344  reread=ok' },
  { n: 3, at: NOW - 5000, step: 'apply', text: 'finances_family  rows=7' },
  { n: 4, at: NOW - 1000, step: 'apply', text: 'finances_transaction  rows=48312  took=3.9s' },
]

export const result: ResultView = {
  jobID: 'j1',
  status: 'succeeded',
  mode: 'replace',
  method: 'one_transaction',
  target: production,
  safety: { ...good, id: 'b9', purpose: 'safety', cause: null, name: 'pre_restore_20251222_143604.dump' },
  verified: true,
  kept: '',
  keptFile: '',
  warnings: [],
  rows: plan.rows,
  report: null,
  profile: people,
  tookMS: 18_200,
  failure: null,
}

/** A migration that succeeded, with its evidence. */
export const migrated: ResultView = {
  ...result,
  mode: 'migrate',
  report: {
    file: '/home/mariana/wimm_20251218.sqlite3',
    target: 'wimm_prod',
    place: 'db.wimm.example:5432',
    server: '15.20',
    started_at: '2025-12-22T14:32:00Z',
    took_ms: 9120,
    tables: [
      {
        table: 'acct',
        target: 'public.acct',
        read: 5232,
        written: 5231,
        left_out: 1,
        fingerprint: '5231-9f2c41d07a55e01b',
        read_back: '5231-9f2c41d07a55e01b',
        equal: true,
        conversions: [
          { column: 'owner', type: 'character varying(20)', finding: 'too_long', values: 412 },
          { column: 'meta', type: 'jsonb', finding: 'not_json', values: 2, nulls: 2 },
        ],
      },
      {
        table: 'note',
        target: 'public.note',
        read: 40,
        written: 40,
        left_out: 0,
        fingerprint: '40-01d8a93b8e64c7f2',
        read_back: '40-01d8a93b8e64c7f2',
        equal: true,
        conversions: [],
      },
    ],
    foreign_keys: [{ table: 'public.note', constraint: 'note_acct_id_fkey', parent: 'public.acct', valid: true }],
    sequences: [{ sequence: 'public.acct_id_seq', next: 5300 }],
    findings: [],
  },
}

export const start: StartView = {
  version: '0.1.0',
  needsAdministrator: false,
  session: { user: 'mariana' },
  settings: {
    language: 'en',
    theme: 'light',
    textScale: 100,
    repository: '/home/mariana/.local/share/cofre/backups',
    lockMinutes: 15,
  },
  systemLanguage: 'en',
  demo: false,
  interrupted: [],
  open: '',
  page: '',
}

const rule = (form: Rule['form'], minutes: number[], hours: number[], more: Partial<Rule> = {}): Rule => {
  return { form, minutes, hours, days: [], last: false, months: [], weekdays: [], either: false, ...more }
}
const ran = (schedule: string, at: number, status: RunView['status'] = 'succeeded'): RunView => {
  return { schedule, dueAt: at, attempt: 1, startedAt: at, endedAt: at + 4000, status, failure: null, backupID: 'b6' }
}
const scheduled = (id: string, schedule: Partial<ScheduleView>): ScheduleView => ({
  id,
  name: id,
  connectionID: production.id,
  connectionName: production.name,
  kind: 'backup',
  when: 'daily 03:00',
  zone: '',
  compress: '',
  paused: false,
  retryAt: 0,
  last: null,
  rule: rule('daily', [0], [3]),
  next: [],
  ...schedule,
})
/** The next five days at that time. */
const nightly = (hour: number, minute = 0) => Array.from({ length: 5 }, (_, i) => at(23 + i, hour, minute))
const at = (day: number, hour: number, minute = 0) => new Date(2025, 11, day, hour, minute).getTime()

/** Four of the production database, and one of another. */
export const schedules: ScheduleView[] = [
  scheduled('office', {
    when: '0 8-19 * * mon-fri',
    rule: rule('cron', [0], [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19], { weekdays: [1, 2, 3, 4, 5] }),
    last: ran('office', at(22, 14)),
    next: [15, 16, 17, 18, 19].map((hour) => at(22, hour)),
  }),
  scheduled('nightly', { last: ran('nightly', at(22, 3)), next: nightly(3) }),
  scheduled('proof', {
    kind: 'rehearse',
    when: 'weekly sun 03:10',
    rule: rule('weekly', [10], [3], { weekdays: [0] }),
    last: {
      ...ran('proof', at(21, 3, 10), 'failed'),
      failure: { code: 'unavailable', reason: 'schedule.no_backup', args: { target: 'wimm_prod' }, detail: '' },
    },
    retryAt: at(22, 14, 45),
    zone: 'America/Sao_Paulo',
  }),
  scheduled('tidy', {
    kind: 'prune',
    when: 'daily 04:30',
    rule: rule('daily', [30], [4]),
    next: nightly(4, 30),
  }),
  scheduled('dev', {
    connectionID: 'c2',
    connectionName: 'db.sqlite3',
    when: 'monthly last 12:00',
    rule: rule('monthly', [0], [12], { last: true }),
    paused: true,
  }),
]

/** Days until yesterday are good, Sundays proven, the tenth has none; what is to come is planned. */
export function monthOf(year: number, month: number): DayState[] {
  const length = new Date(year, month, 0).getDate()
  return Array.from({ length }, (_, i) => {
    const day = new Date(year, month - 1, i + 1)
    if (day.getTime() > NOW) return 'planned'
    if (i === 9) return 'none'
    return day.getDay() === 0 ? 'proven' : 'good'
  })
}

export const cleaning: CleaningView = {
  rules: { last: 0, hourly: 12, daily: 14, weekly: 4, monthly: 0, yearly: 0, maxAgeDays: 0, maxBytes: 0 },
  kept: [
    { why: 'hourly', n: 12 },
    { why: 'daily', n: 14 },
    { why: 'weekly', n: 4 },
    { why: '', n: 4 },
  ],
  goes: 12,
  goesBytes: 98_000_000,
  stays: 34,
  fates: Array.from({ length: 46 }, (_, i) => ({
    id: `f${i}`,
    name: `backup_full_${i}.dump`,
    createdAt: NOW - i * HOUR,
    bytes: 8_200_000,
    state: 'good',
    goes: i >= 34,
    why: [i >= 34 ? 'no_rule_keeps' : i < 12 ? 'hourly' : i < 26 ? 'daily' : i < 30 ? 'weekly' : 'pinned'],
  })),
}

/** Half of so many go. */
export function cleaningMany(n: number): CleaningView {
  const fates = Array.from({ length: n }, (_, i) => ({
    ...cleaning.fates[i < n / 2 ? 40 : 3]!,
    id: `m${i}`,
    name: `wimm_prod_${i}.dump`,
    createdAt: NOW - i * HOUR,
    goes: i < n / 2,
  }))
  return { ...cleaning, goes: n / 2, stays: n / 2, kept: [{ why: 'hourly', n: n / 2 }], fates }
}

export const administrators: AdministratorView[] = [
  { name: 'mariana', createdAt: NOW - 90 * 86_400_000, hasCode: true, you: true },
  { name: 'rafael', createdAt: NOW - 2 * 86_400_000, hasCode: false, you: false },
]
export const watch: WatchView = {
  connectionID: production.id,
  connectionName: production.name,
  on: true,
  deletions: true,
  changes: 25,
  tables: [],
  quiet: 30,
  pause: 10,
  bringBack: false,
  lastAt: good.createdAt,
  lastBackup: good.id,
  lastCause: good.cause,
  sameAt: NOW - MINUTE,
  known: contentsNow.tables.map((table) => table.name),
}

export const offer: Offer = { state: 'empty', backup: good, rows: 115_538, tables: 14, ask: 'choice', declined: false }
/** What lies between two backups: as a plan has it. */
export const comparison: ComparisonView = { ...difference, rows: plan.rows, sameKind: true }

const event = (id: string, what: string, at: number, more: Partial<ActivityView> = {}): ActivityView => ({
  id,
  kind: what === 'undo' || what === 'migration' ? 'restore' : what,
  what,
  target: 'wimm_prod',
  by: 'mariana',
  startedAt: at,
  tookMS: 19_400,
  status: 'succeeded',
  backupID: '',
  file: '',
  failure: null,
  ofActive: true,
  ...more,
})

/** What was done besides, newest first. */
export const events: ActivityView[] = [
  event('e1', 'rehearse', NOW - DAY - 11 * HOUR, { backupID: 'b4', ofActive: false }),
  event('e2', 'verify', NOW - 2 * DAY, { backupID: 'b6', ofActive: false, tookMS: 800 }),
  event('e3', 'undo', new Date(2025, 11, 19, 16, 24).getTime(), { tookMS: 300 }),
  event('e4', 'restore', new Date(2025, 11, 19, 16, 21).getTime(), {
    file: '/home/mariana/backup_full_20251218.dump',
    status: 'untouched',
    failure: { code: 'busy', reason: 'archive.in_use', args: { file: 'db.sqlite3' }, detail: '' },
  }),
]
