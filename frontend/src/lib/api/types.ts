// What crosses from Go, field by field as internal/service/views.go and
// internal/job/job.go spell it. Times are Unix milliseconds (0: never), durations
// milliseconds, lists never null.

export type Language = 'en' | 'pt-BR'
export type Theme = 'system' | 'light' | 'dark'
export type Kind = 'sqlite' | 'postgresql'
export type Color = 'wine' | 'copper' | 'teal' | 'indigo' | 'slate'
export type TLS = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
export type Args = Readonly<Record<string, unknown>>

export interface Failure {
  code: string
  reason: string
  args: Args | null
  detail: string
  /** The error behind this one, where it has words of its own. */
  cause?: Failure | null
}

export interface StartView {
  version: string
  needsAdministrator: boolean
  session: SessionView
  settings: Settings
  systemLanguage: string
  demo: boolean
  interrupted: Interrupted[]
  open: string
  /** That the window showed last. */
  page: string
}

export interface SessionView {
  user: string
}

export interface WelcomeView {
  user: string
  recoveryCode: string
}

export interface AboutView {
  version: string
  go: string
  system: string
  sqlite: string
  tools: string[]
}

export interface DiagnosisFile {
  name: string
  text: string
}

export interface AdministratorView {
  name: string
  createdAt: number
  hasCode: boolean
  you: boolean
}

export interface Settings {
  language: '' | Language
  theme: Theme
  textScale: number
  repository: string
  lockMinutes: number
}

export interface Interrupted {
  jobID: string
  kind: JobKind
  target: string
  step: string
  startedAt: number
  state: 'old' | 'new' | 'unknown'
  safety: BackupView | null
  keptFile: string
}

/** What is done around every change of a database. A command is a line of words; quotes keep spaces together. */
export interface Around {
  lockFile: string
  reloadFile: string
  before: string
  after: string
  /** 0 the usual limit. */
  commandSeconds: number
}

/** The computer through which a server is reached; sshHost '' is none. */
export interface Between {
  sshHost: string
  /** 0 the usual one. */
  sshPort: number
  sshUser: string
  sshAuth: '' | 'agent' | 'key' | 'password'
  sshKeyFile: string
  /** A password, or the passphrase of the key, is kept. */
  hasSSHSecret: boolean
}

export interface ConnectionView extends Around, Between {
  id: string
  name: string
  kind: Kind
  path: string
  host: string
  port: number
  database: string
  user: string
  tls: TLS | ''
  /** File: whom the server's certificate has to be signed by. */
  rootCert: string
  clientCert: string
  clientKey: string
  /** Further ones, as in an address: connect_timeout=5&options=… */
  parameters: string
  hasPassword: boolean
  label: string
  color: Color
  production: boolean
  waitSeconds: number
  toolsDir: string
  active: boolean
}

export interface ConnectionInput extends Around, Between {
  /** '' keeps the stored one. */
  sshSecret: string
  /** The fingerprint of the other computer's key, which the person accepts. */
  sshTrust: string
  id: string
  name: string
  kind: Kind
  path: string
  host: string
  port: number
  database: string
  user: string
  password: string
  tls: TLS | ''
  rootCert: string
  clientCert: string
  clientKey: string
  parameters: string
  label: string
  color: Color
  production: boolean
  waitSeconds: number
  toolsDir: string
}

/** What was read out of an application's settings; nothing of it is saved. */
/** Which stored secrets belong to a connection as it is described: others are typed anew. */
export interface StoredSecretsView {
  password: boolean
  sshSecret: boolean
}

export interface SettingsView {
  input: ConnectionInput
  /** Variables that the settings take values from, and do not hold. */
  open: string[]
  /** Parameters that PostgreSQL's own tools do not know. */
  ignored: string[]
}

export interface TestView {
  version: string
  tables: number
  bytes: number
  roundTripMS: number
  /** TLS 1.3; '' where nothing is encrypted. This and the rest are of a server. */
  tls: string
  role: string
  superuser: boolean
  owner: boolean
  /** May create databases. */
  creates: boolean
  replica: boolean
  /** Restores are built aside; why says why not. */
  aside: boolean
  why: Check[]
  tools: { name: string; version: string; path: string }[]
  noTools: Failure | null
}

/** How a saved connection is, for a look at all of them. */
export interface ConnectionState {
  id: string
  status: Status
  reason: string
  args: Args | null
  /** Why it can't be reached, and since when. */
  failure: Failure | null
  since: number
}

export type Status = 'protected' | 'attention' | 'risk'

/** Is all well? Asked after every restore until it is answered. */
export interface Question {
  jobID: string
  endedAt: number
  /** What was restored; '' after an old database was swapped back. */
  file: string
  undo: boolean
  /** Cofre did it by itself: the database was empty or missing. */
  automatic: boolean
  /** Rows. */
  before: number
  after: number
}

/** For how many days old databases are kept (0: until somebody drops them), and those of the active one. */
export interface KeptView {
  days: number
  databases: KeptDatabase[]
}

export interface KeptDatabase {
  name: string
  bytes: number
  at: number
  /** 0: Cofre does not drop it. */
  until: number
  onlyWay: boolean
  /** Nobody has said yet that all is well after its restore: it stays. */
  unanswered: boolean
}

export interface Overview {
  connection: ConnectionView | null
  question: Question | null
  /** The database is empty or missing, and a backup is there. */
  offer: Offer | null
  status: Status
  reason: string
  reasonArgs: Args | null
  contents: ContentsView | null
  failure: Failure | null
  last: BackupView | null
  lastGood: BackupView | null
  lastProven: BackupView | null
  rows: RowDelta[]
  /** The last five weeks, oldest first. */
  days: DayView[]
  /** null: no schedule makes backups of it. */
  next: NextView | null
  repositoryFree: number
  repositoryTotal: number
  repositoryUsed: number
  /** Where the database lies; -1 unknown. */
  databaseFree: number
  databaseTotal: number
  expectedRestoreMS: number
}

/** A day of the database's backups, by this computer's calendar. */
export interface DayView {
  /** 2026-11-22. */
  date: string
  state: 'proven' | 'good' | 'gone' | 'none' | ''
  /** Of its newest good backup; 0 where there is none. */
  at: number
  bytes: number
  /** -1 unknown. */
  rows: number
}

/** The backup that is planned next; at is not after now where it is due. */
export interface NextView {
  at: number
  when: string
  schedule: string
}

export interface RowDelta {
  table: string
  rows: number
  before: number
}

export interface Table {
  name: string
  rows: number
}

export interface Facts {
  app: string
  title?: string
  /** Names of the families, the companies: the first 200. */
  groups?: string[]
  /** The first 200. */
  people?: Person[]
  /** How many there are; -1 unknown. */
  people_total?: number
  counters?: Counter[]
}

export interface Person {
  name: string
  email?: string
  role?: string
  group?: string
}

/** Label is the person's own word for it, where key is not one that Cofre has words for. Rows is -1 where unknown. */
export interface Counter {
  key: string
  label?: string
  rows: number
}

export interface ContentsView {
  kind: Kind | ''
  format: string
  version: string
  dumpedBy: string
  database: string
  createdAt: number
  bytes: number
  compression: string
  encrypted: boolean
  tables: Table[]
  rows: number
  profile: Facts | null
}

export type Purpose = 'manual' | 'automatic' | 'scheduled' | 'safety' | 'imported'

export interface BackupView {
  id: string
  file: string
  name: string
  kind: Kind
  purpose: Purpose
  source: string
  place: string
  version: string
  by: string
  note: string
  createdAt: number
  tookMS: number
  bytes: number
  state: 'good' | 'proven' | 'failed' | 'missing'
  proven: Proven | null
  reason: Failure | null
  checkedAt: number
  ofActive: boolean
  /** It is not pruned. */
  pinned: boolean
  /** What had changed, of one that was made because of that. */
  cause: Cause | null
  /** When the database was last found to hold the same rows; 0 where it never was. */
  sameAt: number
  /** What makes it look wrong beside the backups before it; info is only news. */
  anomalies: Check[]
  /** What its last rehearsal could not take away again, as far as Cofre has run since. */
  left: Failure[]
}

/** Rows that had changed, and the tables that they are in, the one with most deletions first. */
export interface Cause {
  added: number
  changed: number
  deleted: number
  tables: string[]
}

/** When the active database is backed up because it has changed. */
export interface WatchInput {
  on: boolean
  /** After any deletion. */
  deletions: boolean
  /** After so many changed rows; 0 however many. */
  changes: number
  /** Only these; none: all. */
  tables: string[]
  /** Seconds. */
  quiet: number
  /** Minutes. */
  pause: number
  /** An empty or missing database is restored at start without a question. */
  bringBack: boolean
}

export interface WatchView extends WatchInput {
  connectionID: string
  connectionName: string
  lastAt: number
  lastBackup: string
  lastCause: Cause | null
  /** When the database was last found to hold what its newest backup holds. */
  sameAt: number
  /** Tables of the last good backup. */
  known: string[]
}

/** A restore that is proposed because the database is empty or missing. */
export interface Offer {
  state: 'empty' | 'missing'
  backup: BackupView
  rows: number
  tables: number
  /** Why it was not restored by itself. */
  ask: 'choice' | 'deleted' | 'same' | 'changed' | 'unsure' | 'locked' | ''
  declined: boolean
}

/** What a person says of a backup that is to be made. */
export interface BackupInput {
  note: string
  compress: '' | 'gzip' | 'zstd'
  /** With one it is encrypted. */
  passphrase: string
  /** Public keys, for whom it is encrypted in place of a passphrase. */
  recipients: string[]
}

/** A rehearsal that a backup has passed. */
export interface Proven {
  at: number
  tookMS: number
  /** host:port of the server; '' for this computer. */
  on: string
  version: string
  /** Tables with rows, of which nothing but their number could be compared. */
  counted: number
}

/** What only the page of one backup shows. */
export interface BackupDetail {
  sha256: string
  tables: Table[]
  rows: number
  profile: Facts | null
}

export type Mode = 'replace' | 'migrate' | 'blocked'
export type Consent = 'overwrite' | 'rescue' | 'migrate' | 'typed'

export interface Check {
  level: 'info' | 'warning' | 'blocker'
  code: string
  args?: Args | null
  detail?: string
}

export interface PlanView {
  id: string
  madeAt: number
  mode: Mode
  method: string
  connection: ConnectionView
  place: string
  backupID: string
  file: string
  fileName: string
  archive: ContentsView
  current: ContentsView
  exists: boolean
  /** An old database is swapped back; fileName is its name. */
  undo: boolean
  /** Of an undo: what was written since the restore. */
  since: SinceView | null
  rows: PlanRow[]
  /** Difference can say more. */
  comparable: boolean
  checks: Check[]
  consents: Consent[]
  steps: StepView[]
  expectedMS: number
  safetyName: string
  /** Where the live file is broken: what it would be kept as, in place of a safety backup. */
  keepAs: string
  command: string
  /** Of a migration: rows that were read before anything is written; -1 where the file could not be. */
  examined: number
  findings: Finding[]
  choices: Choices
}

export type Action = 'convert' | 'null' | 'default' | 'leave' | 'stop'

/** One kind of thing that was found in one column or table, and what will be done about it. */
export interface Finding {
  table: string
  column?: string
  type?: string
  code: string
  level: Check['level']
  rows: number
  examples?: Example[]
  /** What can be chosen; none: nothing is to be decided. */
  options?: Action[]
  action: Action
  args?: Args | null
}

export interface Example {
  key: string
  value: string
  becomes?: string
}

export interface Choice {
  table: string
  column?: string
  finding: string
  action: Action
}

/** What is decided about migrations into a database. */
export interface Choices {
  zone: string
  alike: boolean
  each: Choice[]
}

export interface SinceView {
  at: number
  /** Why rows could not be compared; '' where they were. */
  unknown: '' | 'converted' | 'base_gone' | 'unreadable' | 'too_long' | 'no_base'
  tables: TableDiff[]
}

/** What the restore of a plan removes, brings and changes, row by row; unknown says why rows were only counted. */
export interface DifferenceView {
  tables: TableDiff[]
  names: TableName[]
  unknown: '' | 'unreadable'
}

/** What lies between two backups: rows are those of all tables, before and after. */
export interface ComparisonView extends DifferenceView {
  rows: PlanRow[]
  /** Else names differ by schema and case. */
  sameKind: boolean
}

/** The name that people use for a table, as Counter has it. */
export interface TableName {
  table: string
  key: string
  label: string
}

/** How far a comparison is, in rows of both sides. */
export interface ComparingView {
  /** Or the key of one of two backups. */
  planID: string
  done: number
  total: number
  table: string
}

/** What differs in one table. before and after are its rows, -1 where it is not there. */
export interface TableDiff {
  name: string
  before: number
  after: number
  added: number
  removed: number
  changed: number
  columns: boolean
  skipped: '' | 'too_large' | 'unreadable' | 'denied'
  /** Columns for which the two databases have no common form. */
  uncompared?: string[]
  altered?: Alteration[]
  examples?: RowDiff[]
}

/** A column that differs; a type is '' where the column is not there, or none is told. */
export interface Alteration {
  column: string
  change: 'added' | 'removed' | 'type'
  before: string
  after: string
}

/** One row that differs, as an example. key is its primary key; more counts fields that are not listed. */
export interface RowDiff {
  kind: 'added' | 'removed' | 'changed'
  key: FieldDiff[]
  fields: FieldDiff[]
  more: number
}

/** A value on each side; null is NULL, or a row that is not there. */
export interface FieldDiff {
  column: string
  before: string | null
  after: string | null
}

export interface PlanRow {
  table: string
  now: number
  after: number
}

export interface StartRestoreInput {
  planID: string
  consents: Consent[]
  typed: string
}

export type Ending = 'succeeded' | 'untouched' | 'rolled_back' | 'damaged' | 'cancelled'

export interface ResultView {
  jobID: string
  status: Ending
  mode: Mode
  method: string
  target: ConnectionView
  safety: BackupView | null
  verified: boolean
  /** The old database, where it was kept when it was swapped out. */
  kept: string
  /** The file that a broken database was kept as. */
  keptFile: string
  /** Of what was done around the change. */
  warnings: Failure[]
  rows: PlanRow[]
  /** The evidence of a migration that succeeded. */
  report: Report | null
  profile: Facts | null
  tookMS: number
  failure: Failure | null
}

/** What was read, what arrived, and that both are equal. */
export interface Report {
  file: string
  target: string
  place: string
  server: string
  started_at: unknown
  took_ms: number
  tables: TableReport[]
  foreign_keys: { table: string; constraint: string; parent: string; valid: boolean }[]
  sequences: { sequence: string; next: number }[]
  findings: Finding[]
}

export interface TableReport {
  table: string
  target: string
  read: number
  written: number
  left_out: number
  fingerprint: string
  read_back: string
  equal: boolean
  conversions: { column: string; type?: string; finding: string; values: number; nulls?: number }[]
}

export interface ActivityView {
  id: string
  kind: string
  target: string
  by: string
  startedAt: number
  tookMS: number
  status: 'running' | 'failed' | 'interrupted' | Ending
  backupID: string
  file: string
  failure: Failure | null
  /** As the audit trail calls it: undo and migration are restores, too. */
  what: string
  ofActive: boolean
}

export interface TrailInput {
  what: string
  search: string
  since: number
  until: number
  behind: number
}

export interface TrailView {
  entries: TrailEntry[]
  ended: boolean
  /** Where to go on, unless it has ended: a search may have found none yet. */
  behind: number
}

/** One entry of the audit trail. */
export interface TrailEntry {
  n: number
  at: number
  who: string
  what: string
  ending: string
  reason: string
  database: string
  place: string
  subject: string
  tookMS: number
  job: string
  plan: string
  backup: string
  files: { as: string; path: string; sha256?: string }[]
  names: string[]
  cause: Cause | null
  hash: string
}

export interface TrailVerdict {
  entries: number
  manifests: number
  otherTrails: number
  /** The first entry that does not fit; null where the trail is whole. */
  damage: Failure | null
}

export type ChannelKind = 'email' | 'desktop' | 'webhook' | 'ping'

/** What a person sets of a way to tell, but for its secrets. */
export interface ChannelFields {
  /** "" for a new one. */
  id: string
  name: string
  kind: ChannelKind
  /** success, failure, anomaly, silence, room. */
  events: string[]
  /** IDs; none: every database. */
  connections: string[]
  language: string
  host: string
  /** 0: the usual one. */
  port: number
  security: string
  /** No protection is meant, also to another computer. */
  unprotected: boolean
  user: string
  from: string
  to: string[]
  /** Of a webhook: json, slack, discord, telegram, ntfy. */
  form: string
  /** Of Telegram. */
  chat: string
}

/** A secret that is "" stays as it is. */
export interface ChannelInput extends ChannelFields {
  password: string
  url: string
  token: string
  key: string
}

export interface ChannelView extends ChannelFields {
  /** The addresses, or the host, that it sends to. */
  shown: string
  hasPassword: boolean
  hasURL: boolean
  hasToken: boolean
  hasKey: boolean
  /** Its last notice that was sent, or has failed. */
  last: NoticeView | null
}

export interface NoticeView {
  id: number
  channelID: string
  channel: string
  event: string
  /** Name of the connection. */
  subject: string
  /** Which job, as the audit trail names it. */
  what: string
  at: number
  state: 'waiting' | 'sent' | 'given_up' | 'passed'
  attempts: number
  /** Of the next attempt; 0: at once, or none. */
  dueAt: number
  sentAt: number
  failure: Failure | null
}

/** When a good backup of a connection is expected. */
export interface Expectation {
  connectionID: string
  connection: string
  /** 0: by the schedules. */
  hours: number
  scheduled: boolean
  /** 0: it is not. */
  silentSince: number
}

export interface NotificationsView {
  channels: ChannelView[]
  /** Newest first. */
  recent: NoticeView[]
  expectations: Expectation[]
}

export interface Recognised {
  path: string
  name: string
  kind: Kind | ''
  format: string
  version: string
  bytes: number
  failure: Failure | null
  encrypted: boolean
}

export interface UnlockInput {
  backupID: string
  path: string
  passphrase: string
  keyFile: string
}

export type JobKind = 'backup' | 'restore' | 'verify' | 'rehearse' | 'save' | 'delete' | 'prune' | 'import'

export interface Snapshot {
  id: string
  revision: number
  kind: JobKind
  target: string
  state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  startedAt: number
  endedAt: number
  steps: StepView[]
  step: string
  percent: number
  done: number
  total: number
  unit: string
  rate: number
  leftMS: number
  item: string
  cancelling: boolean
  canCancel: boolean
  error: Failure | null
  /** Lines in the log so far; JobLog has them. */
  logged: number
}

export interface StepView {
  name: string
  state: 'todo' | 'running' | 'done' | 'failed'
  tookMS: number
  expectedMS: number
}

export interface LogLine {
  /** The first is 1. */
  n: number
  at: number
  step: string
  text: string
}

/** A backup that is looked into; id names this look. */
export interface InsideView {
  id: string
  tables: InsideTable[]
}

export interface InsideTable {
  name: string
  /** -1: not counted. */
  rows: number
  columns: InsideColumn[]
  key: string[]
}

export interface InsideColumn {
  name: string
  /** '' where the backup does not tell it. */
  type: string
}

export interface InsideRowsInput {
  id: string
  table: string
  where: string
  find: string
  from: number
  count: number
}

/** Rows, as far as they have been read. Go waits a second at most: whoever wants the rest asks again. */
export interface InsideRowsView {
  rows: InsideRow[]
  /** How many there are in all, as far as is known; ended says that it is. */
  known: number
  ended: boolean
  /** The table has more, for which there was no room. */
  cut: boolean
  failure: Failure | null
}

export interface InsideRow {
  /** In the table, from 0. */
  place: number
  cells: InsideCell[]
}

export interface InsideCell {
  kind: 'null' | 'text' | 'number' | 'blob'
  text: string
  /** Of the whole value; text may be its beginning. */
  bytes: number
}

export interface InsideValueInput {
  id: string
  table: string
  place: number
  column: string
}

export interface FindInsideInput {
  id: string
  text: string
  /** How many hits are there already. */
  have: number
}

export interface FoundView {
  hits: Hit[]
  /** Where the search is. */
  table: string
  ended: boolean
  more: boolean
  /** Names the tables that could not be read to the end. */
  failure: Failure | null
}

export interface Hit {
  table: string
  place: number
  key: string
  column: string
  excerpt: string
}

/** How a day stands with the backups of a database. */
export type DayState = DayView['state'] | 'planned'

/** What a schedule does. */
export type ScheduleKind = 'backup' | 'verify' | 'rehearse' | 'prune'

/** What the text of a schedule's rule means: lists ascend, an empty one is every value; 0 is Sunday. */
export interface Rule {
  form: 'hourly' | 'daily' | 'weekly' | 'monthly' | 'cron'
  minutes: number[]
  hours: number[]
  days: number[]
  /** The last day of the month, too. */
  last: boolean
  months: number[]
  weekdays: number[]
  /** A day of the month, or of the week, is enough. */
  either: boolean
}

export interface WhenView {
  /** null: a newer Cofre has written it. */
  rule: Rule | null
  /** The next five moments. */
  next: number[]
}

export interface ScheduleView extends WhenView {
  id: string
  name: string
  connectionID: string
  connectionName: string
  kind: ScheduleKind
  when: string
  /** "" for this computer's. */
  zone: string
  compress: string
  paused: boolean
  /** When what failed is tried again, or what was missed is made up for; 0 where neither. */
  retryAt: number
  last: RunView | null
}

export interface RunView {
  schedule: string
  dueAt: number
  attempt: number
  startedAt: number
  endedAt: number
  status: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted'
  failure: Failure | null
  backupID: string
}

export interface ScheduleInput {
  /** "" for a new one. */
  id: string
  name: string
  connection: string
  kind: ScheduleKind
  when: string
  zone: string
  compress: string
}

/** Whether schedules run while the window is closed. */
export interface TimerView {
  on: boolean
  /** Only while the user is logged in. */
  needsLinger: boolean
  files: string[]
}

/** Which backups of a connection stay; 0 is no rule. */
export interface RulesView {
  last: number
  hourly: number
  daily: number
  weekly: number
  monthly: number
  yearly: number
  maxAgeDays: number
  maxBytes: number
}

/** What rules let go of the active database's backups. */
export interface CleaningView {
  rules: RulesView
  kept: KeptBy[]
  goes: number
  goesBytes: number
  stays: number
  fates: Fate[]
}

export interface KeptBy {
  /** A rule, or "" for what stays whatever the rules are. */
  why: string
  n: number
}

export interface Fate {
  id: string
  name: string
  createdAt: number
  bytes: number
  state: string
  goes: boolean
  why: string[]
}
