import type { App, StartView } from '../src/lib/api'
import type { Program } from '../src/lib/state/program.svelte'
import type { Fake } from '../src/test/fake'
import CodeDialog from '../src/features/settings/CodeDialog.svelte'
import { RECOVERY_CODE, rejection } from '../src/test/fake'
import * as data from '../src/test/fixtures'
import { rowsOf } from '../src/test/inside'
import type { SceneName } from './names'

/** A state of the window: what Go answers, and what is done once the window has started. */
export interface Scene {
  start?: Partial<StartView>
  app?: Partial<App>
  play?: (program: Program, fake: Fake) => unknown
}

/** Resolves with what find gives, as soon as the page has it. */
function appears<T>(find: () => T | null | undefined): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const found = find()
      if (!found) return
      observer.disconnect()
      resolve(found)
    }
    const observer = new MutationObserver(look)
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
    look()
  })
}
const word = (en: string, pt: string) => (document.documentElement.lang === 'en' ? en : pt)
const click = async (text: string, within = 'body') => {
  const named = (b: HTMLButtonElement) => `${b.textContent} ${b.ariaLabel ?? ''}`.includes(text) && !b.disabled
  const button = await appears(() => [...document.querySelectorAll<HTMLButtonElement>(`${within} button`)].find(named))
  button.click()
}
/** An item of the menu beside a title. */
const choose = async (text: string) => {
  const menu = await appears(() => document.querySelector<HTMLElement>('article [aria-haspopup=menu]'))
  menu.focus()
  menu.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  const item = await appears(() =>
    [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find((i) => i.textContent.includes(text)),
  )
  item.focus()
  item.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
}
const plan = (program: Program) =>
  program.navigation.go({ page: 'plan', backupID: 'b6', path: '', name: data.plan.fileName })
const running = (program: Program, fake: Fake, job = data.job) => {
  program.plan = data.plan
  fake.emit('job', job)
}
const inside = (program: Program) =>
  program.navigation.go({ page: 'inside', backupID: 'b6', path: '', name: data.plan.fileName })
const fill = async (label: string, text: string) => {
  const field = await appears(() => [...document.querySelectorAll('input')].find((each) => each.ariaLabel === label))
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.form?.requestSubmit()
}
const schedules = (program: Program) => program.navigation.go({ page: 'schedules' })
const ended = (result: Partial<typeof data.result>): Scene => ({
  app: { LastResult: () => Promise.resolve({ ...data.result, ...result }) },
  play: (program, fake) => {
    running(program, fake)
    fake.emit('job', { ...data.job, revision: 99, state: result.failure ? 'failed' : 'succeeded' })
    if (result.status !== 'untouched' && result.status !== 'cancelled') fake.emit('session', { user: '' })
  },
})
const lost = {
  code: 'unavailable',
  reason: 'archive.no_space',
  args: { path: '/var/lib/postgresql' },
  detail: 'read tcp 10.0.4.7:51022 → 10.0.4.12:5432: connection reset by peer',
}
async function account() {
  await click(word('Continue', 'Continuar'))
  await appears(() => document.querySelector('input'))
  for (const input of document.querySelectorAll('input')) {
    input.value = input.type === 'password' ? 'correct horse' : 'mariana'
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }
  await click(word('Create the account', 'Criar a conta'))
  await appears(() => (document.body.textContent.includes(RECOVERY_CODE) ? document.body : null))
}
const sqlite = {
  Connections: () =>
    Promise.resolve([
      { ...data.development, active: true },
      { ...data.production, active: false },
    ]),
  GetOverview: () => Promise.resolve({ ...data.overview, connection: { ...data.development, active: true } }),
}

export const scenes: Record<SceneName, Scene> = {
  'first-run': { start: { needsAdministrator: true, session: { user: '' } } },
  'first-run-2': {
    start: { needsAdministrator: true, session: { user: '' } },
    play: () => click(word('Continue', 'Continuar')),
  },
  'first-run-3': {
    start: { needsAdministrator: true, session: { user: '' } },
    play: async () => {
      await account()
      await click(word('I have kept it', 'Já o guardei'))
    },
  },
  'first-run-code': { start: { needsAdministrator: true, session: { user: '' } }, play: account },
  login: { start: { session: { user: '' } } },
  'login-recover': {
    start: { session: { user: '' } },
    play: () => click(word('Use the recovery code', 'Usar o código de recuperação')),
  },
  locked: { play: (program) => program.lock() },
  'start-failed': { app: { Start: () => Promise.reject(new Error(rejection({ reason: 'state.busy' }))) } },
  overview: {},
  'overview-proven': {
    app: {
      GetOverview: () =>
        Promise.resolve({ ...data.overview, lastProven: data.backups.find((b) => b.state === 'proven') ?? null }),
    },
  },
  'overview-empty': {
    app: {
      Connections: () => Promise.resolve([]),
      GetOverview: () => Promise.resolve({ ...data.overview, connection: null, reason: 'no_connection' }),
    },
  },
  'overview-attention': {
    app: {
      GetOverview: () =>
        Promise.resolve({
          ...data.overview,
          status: 'attention',
          reason: 'last_failed',
          last: data.backups[4] ?? null,
        }),
    },
  },
  'overview-offer': {
    app: { GetOverview: () => Promise.resolve({ ...data.overview, offer: data.offer }) },
  },
  'overview-risk': {
    app: {
      GetOverview: () =>
        Promise.resolve({
          ...data.overview,
          status: 'risk',
          reason: 'old',
          reasonArgs: { days: 9, last_at: data.NOW - 9 * 86_400_000 },
          contents: null,
          rows: [],
          failure: { code: 'unavailable', reason: 'archive.not_found', args: { path: '/srv/db' }, detail: 'dial tcp' },
          lastGood: { ...data.backups[0]!, createdAt: data.NOW - 9 * 86_400_000 },
          repositoryFree: 2_000_000,
        }),
    },
  },
  backups: { play: (program) => program.navigation.go({ page: 'backups', selected: 'b6' }) },
  'backups-empty': {
    app: { Backups: () => Promise.resolve([]) },
    play: (program) => program.navigation.go({ page: 'backups' }),
  },
  'backups-delete': {
    play: async (program) => {
      program.navigation.go({ page: 'backups', selected: 'b4' })
      await appears(() => document.querySelector('article'))
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete' }))
    },
  },
  'backups-undo': {
    play: async (program) => {
      program.navigation.go({ page: 'backups', selected: 'b6' })
      await appears(() => document.querySelector('article'))
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete' }))
      await appears(() => document.querySelector('.toast'))
    },
  },
  'backups-note': {
    app: {
      Backups: () =>
        Promise.resolve(
          data.backups.map((b) => (b.id === 'b6' ? { ...b, note: `${b.note}\nMariana has asked for it.` } : b)),
        ),
    },
    play: async (program) => {
      program.navigation.go({ page: 'backups', selected: 'b6' })
      await click(word('Edit the note', 'Editar a nota'))
      await appears(() => document.querySelector('textarea'))
    },
  },
  'backups-compare': {
    play: async (program) => {
      program.navigation.go({ page: 'backups', selected: 'b6' })
      await choose(word('Compare with another', 'Comparar com outro'))
      await appears(() => document.querySelector('.beside'))
    },
  },
  'backups-between': {
    play: async (program) => {
      program.navigation.go({ page: 'backups', selected: 'b6' })
      const other = await appears(() => document.querySelector('[role=option]:not([aria-disabled])'))
      other.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))
      await appears(() => document.querySelector('.compared'))
    },
  },
  'backups-new': {
    play: (program) => {
      program.navigation.go({ page: 'backups', selected: 'b6' })
      return click(word('Back up with options', 'Fazer backup com opções'))
    },
  },
  'backups-encrypt': {
    play: async (program) => {
      program.navigation.go({ page: 'backups', selected: 'b6' })
      await click(word('Back up with options', 'Fazer backup com opções'))
      const lock = await appears(() => [...document.querySelectorAll('[role=alertdialog] select')].at(1))
      if (!(lock instanceof HTMLSelectElement)) return
      lock.value = 'passphrase'
      lock.dispatchEvent(new Event('change', { bubbles: true }))
      await appears(() => document.querySelector('input[type=password]'))
      await click(word('Back up', 'Fazer backup'), '[role=alertdialog]')
      await appears(() => document.querySelector('[aria-invalid]'))
    },
  },
  'backups-proven': { play: (program) => program.navigation.go({ page: 'backups', selected: 'b4' }) },
  'backups-wrong': { play: (program) => program.navigation.go({ page: 'backups', selected: 'b3' }) },
  'backups-failed': { play: (program) => program.navigation.go({ page: 'backups', selected: 'b5' }) },
  'backups-many': {
    app: { Backups: () => Promise.resolve(data.manyBackups(10_000)), Events: () => Promise.resolve([]) },
    play: (program) => program.navigation.go({ page: 'backups' }),
  },
  inside: { play: inside },
  'inside-filter': {
    app: {
      InsideRows: (input) =>
        input.where === ''
          ? Promise.resolve(rowsOf(input))
          : Promise.reject(
              new Error(
                rejection({
                  code: 'invalid',
                  reason: 'filter.syntax',
                  args: { position: 4, near: '>> 5' },
                  detail: '',
                }),
              ),
            ),
    },
    play: async (program) => {
      inside(program)
      await fill(word('Filter', 'Filtro'), 'id >> 5')
      await appears(() => document.querySelector('[role=alert]'))
    },
  },
  'inside-hits': {
    play: async (program) => {
      inside(program)
      await fill(word('Search all tables', 'Buscar em todas as tabelas'), 'joa')
      await appears(() => [...document.querySelectorAll('td')].find((cell) => cell.textContent.includes('Família')))
    },
  },
  'inside-value': {
    play: async (program) => {
      inside(program)
      const cell = await appears(() => document.querySelector<HTMLElement>('td.folded'))
      cell.click()
      await appears(() => document.querySelector('[role=alertdialog]'))
    },
  },
  plan: { play: plan },
  'plan-comparing': {
    app: { Difference: () => new Promise(() => undefined) },
    play: async (program, fake) => {
      plan(program)
      await appears(() => document.querySelector('[role=progressbar]'))
      fake.emit('comparing', { planID: 'p1', done: 62_000, total: 231_000, table: 'finances_transaction' })
    },
  },
  'plan-examples': {
    play: (program) => {
      plan(program)
      return click('finances_transaction')
    },
  },
  'plan-blocker': {
    app: {
      PlanRestore: () =>
        Promise.resolve({
          ...data.migration,
          checks: [data.noRoom, ...data.plan.checks, { level: 'info', code: 'archive.empty' }],
        }),
    },
    play: plan,
  },
  'plan-unusable': {
    app: {
      PlanRestore: () =>
        Promise.reject(
          new Error(
            rejection({ code: 'corrupt', reason: 'archive.hash', args: { file: 'backup_full_20251220.dump' } }),
          ),
        ),
    },
    play: plan,
  },
  confirm: {
    play: (program) => {
      plan(program)
      return click('wimm_prod…')
    },
  },
  migrate: {
    app: { PlanRestore: () => Promise.resolve({ ...data.migration, consents: ['migrate'] }) },
    play: (program) => {
      plan(program)
      return click('wimm_prod…')
    },
  },
  doctor: { app: { PlanRestore: () => Promise.resolve(data.doctored) }, play: plan },
  blocked: { app: { ...sqlite, PlanRestore: () => Promise.resolve(data.blocked) }, play: plan },
  progress: {
    play: (program, fake) => {
      running(program, fake)
      program.navigation.go({ page: 'job' })
      return click(word('Show the log', 'Mostrar o registro'))
    },
  },
  'job-bar': {
    play: (program, fake) => running(program, fake, { ...data.job, kind: 'backup', percent: 41, leftMS: 3000 }),
  },
  'job-failed': {
    play: (program, fake) => {
      running(program, fake, { ...data.job, kind: 'backup' })
      fake.emit('job', { ...data.job, kind: 'backup', revision: 99, state: 'failed', error: lost })
      program.navigation.go({ page: 'job' })
    },
  },
  'job-bar-failed': {
    play: (program, fake) => {
      running(program, fake, { ...data.job, kind: 'backup' })
      fake.emit('job', { ...data.job, kind: 'backup', revision: 99, state: 'failed', error: lost })
    },
  },
  rehearsal: {
    play: (program, fake) => {
      running(program, fake, data.rehearsal)
      program.navigation.go({ page: 'job' })
    },
  },
  'rehearsal-stopped': {
    play: (program, fake) => {
      running(program, fake, data.rehearsal)
      const error = {
        code: 'unavailable',
        reason: 'rehearse.not_possible',
        args: { file: data.backups[0]!.name },
        detail: '',
        cause: lost,
      }
      fake.emit('job', { ...data.rehearsal, revision: 99, state: 'failed', error })
      program.navigation.go({ page: 'job' })
    },
  },
  done: ended({}),
  'done-migrated': ended(data.migrated),
  'failed-untouched': ended({ status: 'untouched', failure: lost }),
  'failed-rolled-back': ended({
    status: 'rolled_back',
    failure: { code: 'rolled_back', reason: 'restore.rolled_back', args: { target: 'wimm_prod' }, detail: '' },
  }),
  'failed-damaged': ended({
    status: 'damaged',
    failure: {
      code: 'damaged',
      reason: 'restore.damaged',
      args: { target: 'wimm_prod', safety: 'pre_restore_20251222_143604.dump' },
      detail: 'exit status 1',
    },
  }),
  'failed-cancelled': ended({
    status: 'cancelled',
    failure: { code: 'cancelled', reason: 'job.cancelled', args: {}, detail: '' },
  }),
  interrupted: {
    start: {
      interrupted: [
        {
          jobID: 'j0',
          kind: 'restore',
          target: 'wimm_prod',
          step: 'apply',
          startedAt: data.NOW - 3_600_000,
          state: 'unknown',
          safety: data.backups[6] ?? null,
          keptFile: '',
        },
      ],
    },
  },
  schedules: { play: schedules },
  'schedules-all': {
    play: async (program) => {
      schedules(program)
      const all = await appears(() => document.querySelector<HTMLElement>('[role=radio][data-value=all]'))
      all.click()
    },
  },
  'schedules-empty': {
    app: {
      Schedules: () => Promise.resolve([]),
      Timer: () => Promise.resolve({ on: false, needsLinger: false, files: [] }),
      ScheduleMonth: () => Promise.resolve(Array<''>(31).fill('')),
      Cleaning: () =>
        Promise.resolve({
          rules: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, maxAgeDays: 0, maxBytes: 0 },
          kept: [{ why: 'no_rules', n: 7 }],
          goes: 0,
          goesBytes: 0,
          stays: 7,
          fates: [],
        }),
    },
    play: schedules,
  },
  'schedules-new': {
    play: async (program) => {
      schedules(program)
      await click(word('New schedule', 'Novo agendamento'))
    },
  },
  'schedules-wrong': {
    app: {
      PreviewSchedule: (when) =>
        Promise.reject(new Error(rejection({ code: 'invalid', reason: 'schedule.never', args: { when } }))),
    },
    play: async (program) => {
      schedules(program)
      await click(word('New schedule', 'Novo agendamento'))
      const form = await appears(() => [...document.querySelectorAll('select')].find((s) => s.value === 'daily'))
      form.value = 'cron'
      form.dispatchEvent(new Event('change', { bubbles: true }))
      await appears(() => document.querySelector('[aria-invalid=true]'))
    },
  },
  'schedules-timer': {
    play: async (program) => {
      schedules(program)
      await click(word('window is closed', 'janela fechada'))
    },
  },
  'schedules-rules': {
    play: async (program) => {
      schedules(program)
      await click(word('Change the rules', 'Mudar as regras'))
    },
  },
  'schedules-clean': {
    play: async (program) => {
      schedules(program)
      await click(word('Clean up now', 'Limpar agora'))
    },
  },
  'schedules-many': {
    app: { Cleaning: () => Promise.resolve(data.cleaningMany(10_000)) },
    play: async (program) => {
      schedules(program)
      await click(word('Clean up now', 'Limpar agora'))
    },
  },
  connections: { play: (program) => program.navigation.go({ page: 'connections', selected: 'c1' }) },
  'connections-test': {
    play: async (program) => {
      program.navigation.go({ page: 'connections', selected: 'c1' })
      await click(word('Test', 'Testar'))
    },
  },
  'connections-new': { play: (program) => program.navigation.go({ page: 'connections', selected: 'new-sqlite' }) },
  'connections-postgresql': {
    play: (program) => program.navigation.go({ page: 'connections', selected: 'new-postgresql' }),
  },
  'connections-pasted': {
    app: {
      ReadSettings: () => Promise.resolve({ ...data.settings, open: ['DB_HOST', 'DB_USER'], ignored: ['schema'] }),
    },
    play: (program) => void program.readSettings('/srv/app/.env'),
  },
  'connections-ssh': {
    app: {
      Connections: () =>
        Promise.resolve([
          { ...data.production, sshHost: 'gate.wimm.example', sshAuth: 'key', sshKeyFile: '~/.ssh/id' },
        ]),
      TestConnection: () =>
        Promise.reject(
          new Error(
            rejection({
              code: 'denied',
              reason: 'ssh.unknown_key',
              args: {
                ssh: 'gate.wimm.example:22',
                fingerprint: 'SHA256:Yq3bQq9J2v1TtGmP0s7aRkqH3dHnF1m3u5xvS8xGgkE',
                kind: 'ssh-ed25519',
              },
            }),
          ),
        ),
    },
    play: async (program) => {
      program.navigation.go({ page: 'connections', selected: 'c1' })
      await click(word('Test', 'Testar'))
    },
  },
  'connections-remove': {
    play: async (program) => {
      program.navigation.go({ page: 'connections', selected: 'c1' })
      await click(word('Remove', 'Remover'))
    },
  },
  activity: { play: (program) => program.navigation.go({ page: 'activity' }) },
  'activity-trail': {
    play: async (program) => {
      program.navigation.go({ page: 'activity' })
      await click(word('Audit trail', 'Trilha de auditoria'))
    },
  },
  'activity-trail-broken': {
    app: {
      CheckTrail: () =>
        Promise.resolve({
          entries: 6,
          manifests: 2,
          otherTrails: 0,
          damage: { code: 'corrupt', reason: 'audit.cut', args: { entry: 7, file: '/data/b.json' }, detail: '' },
        }),
    },
    play: async (program) => {
      program.navigation.go({ page: 'activity' })
      await click(word('Audit trail', 'Trilha de auditoria'))
    },
  },
  'activity-entry': {
    play: async (program) => {
      program.navigation.go({ page: 'activity' })
      await click(word('Audit trail', 'Trilha de auditoria'))
      const first = await appears(() => document.querySelector<HTMLButtonElement>('td button'))
      first.click()
    },
  },
  log: {
    play: async (program) => {
      program.navigation.go({ page: 'activity' })
      await click(word('Log', 'Registro'))
    },
  },
  settings: { play: (program) => program.navigation.go({ page: 'settings' }) },
  'settings-channel': {
    play: async (program) => {
      program.navigation.go({ page: 'settings' })
      await click('E-mail to operations')
      await click(word('Send a test', 'Enviar um teste'))
      await appears(() => document.querySelector('[role=status] .text-success'))
    },
  },
  'settings-webhook': {
    app: {
      TestChannel: () =>
        Promise.reject(
          new Error(
            rejection({
              code: 'denied',
              reason: 'notify.redirected',
              args: { host: 'hooks.slack.com', to: 'example.com' },
            }),
          ),
        ),
    },
    play: async (program) => {
      program.navigation.go({ page: 'settings' })
      await click('Team')
      await click(word('Send a test', 'Enviar um teste'))
      await appears(() => document.querySelector('[role=alert]'))
    },
  },
  'settings-channel-remove': {
    play: async (program) => {
      program.navigation.go({ page: 'settings' })
      await click('Team')
      await click(word('Remove…', 'Remover…'))
    },
  },
  'settings-add': {
    play: (program) => {
      program.navigation.go({ page: 'settings' })
      return click(word('Add an administrator…', 'Adicionar um administrador…'))
    },
  },
  'settings-diagnosis': {
    play: (program) => {
      program.navigation.go({ page: 'settings' })
      return click(word('Look at it…', 'Ver…'))
    },
  },
  'settings-code': {
    app: { Administrators: () => Promise.resolve(data.administrators.map((each) => ({ ...each, hasCode: false }))) },
    play: (program) => {
      program.navigation.go({ page: 'settings' })
      void program.dialogs.ask(CodeDialog, { name: 'mariana', code: RECOVERY_CODE })
    },
  },
  help: { play: (program) => program.navigation.go({ page: 'help' }) },
  drop: {
    play: (program) => {
      program.drop.over = true
      program.drop.names = [data.plan.fileName]
    },
  },
  'drop-unknown': {
    app: {
      Recognise: (path) =>
        Promise.resolve({
          path,
          name: 'vacation.jpg',
          kind: '',
          format: '',
          version: '',
          bytes: 4_200_000,
          failure: { code: 'invalid', reason: 'archive.is_folder', args: { file: 'vacation.jpg' }, detail: '' },
          encrypted: false,
        }),
    },
    play: (_program, fake) => fake.emit('dropped', ['/home/mariana/vacation.jpg']),
  },
  'drop-several': {
    play: (_program, fake) =>
      fake.emit('dropped', [
        '/data/backup_full_20251220.dump',
        '/data/wimm_20251218.dump',
        '/data/a_very_long_name_of_a_backup_that_was_made_before_the_year_end_import_20251218_093000.dump',
      ]),
  },
  closing: {
    play: (program, fake) => {
      running(program, fake)
      program.navigation.go({ page: 'job' })
      fake.emit('closing', null)
    },
  },
  palette: { play: (_, fake) => fake.emit('menu', 'palette') },
  'palette-found': {
    play: async (_, fake) => {
      fake.emit('menu', 'palette')
      const field = await appears(() => document.querySelector<HTMLInputElement>('[role=combobox]'))
      field.value = 'prod'
      field.dispatchEvent(new Event('input', { bubbles: true }))
      await appears(() => document.querySelector('[role=option]'))
    },
  },
  shortcuts: { play: (_, fake) => fake.emit('menu', 'shortcuts') },
  demo: { start: { demo: true }, play: (program) => program.navigation.go({ page: 'backups', selected: 'b6' }) },
}
