import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, test } from 'vitest'
import type { Choices, PlanView } from '$lib/api'
import { rejection } from '../../test/fake'
import * as data from '../../test/fixtures'
import { openWindow, type Opened } from '../../test/window'

const migration: PlanView = { ...data.doctored, connection: data.staging }

/** What Go makes of a plan by these choices, as far as the page shows it. */
function decided(choices: Choices): PlanView {
  const findings = migration.findings.map((finding) => {
    const choice = choices.each.find((c) => c.column === finding.column && c.finding === finding.code)
    if (!choice) return finding
    return {
      ...finding,
      action: choice.action,
      level: choice.action === 'stop' ? ('blocker' as const) : ('warning' as const),
    }
  })
  const checks = findings
    .filter(({ level }) => level === 'blocker')
    .map(({ code }) => ({ level: 'blocker' as const, code: `migrate.found.${code}` }))
  return { ...migration, id: `p${choices.each.length}`, choices, findings, checks }
}

async function openDoctor(more = {}): Promise<Opened> {
  let choices = migration.choices
  const opened = await openWindow({
    PlanRestore: () => Promise.resolve(decided(choices)),
    Decide: (_, next) => {
      choices = next
      return Promise.resolve()
    },
    ...more,
  })
  opened.program.navigation.go({ page: 'plan', backupID: '', path: '/data/a.sqlite3', name: 'a.sqlite3' })
  await screen.findByRole('heading', { name: 'What the file’s values need' })
  return opened
}
const choice = (name: RegExp) => screen.getByRole('combobox', { name })

describe('the doctor', () => {
  test('lists table by table what was found, how often, with examples and what will be done', async () => {
    await openDoctor()
    const table = screen.getByRole('region', { name: 'acct' })
    const items = within(table).getAllByRole('listitem')
    expect(items).toHaveLength(2)
    expect(items[0]).toHaveTextContent('uid uuid · 1 value is no UUID')
    expect(items[1]).toHaveTextContent('412 texts are too long for character varying(20)')
    expect(items[1]).toHaveTextContent('owner far too long for its column → becomes owner far too long f')
    expect(choice(/owner/)).toHaveDisplayValue('Stop: don’t migrate')
    expect(choice(/acct_id/)).toHaveDisplayValue('Store NULL')
    const offered = within(choice(/uid/)).getAllByRole('option')
    expect(offered.map((option) => option.textContent)).toEqual(['Leave it out', 'Stop: don’t migrate'])
    expect(screen.getByText('2 decisions left')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Migrate into wimm_test…' })).toBeDisabled()
  })

  test('says each thing once, and folds what loses nothing', async () => {
    const { user } = await openDoctor()
    expect(screen.getAllByText(/no UUID/)).toHaveLength(1)
    expect(screen.queryByText(/without a zone: read/)).toBeNull()
    const folded = screen.getByText('2 things are done on the way, with nothing lost').closest('p')!
    await user.click(within(folded).getByRole('button'))
    expect(screen.getByText(/5,231 times without a zone/)).toBeVisible()
    expect(screen.getByText(/only in the database: gets its default/)).toBeVisible()
  })

  test('keeps a decision with the connection and makes the plan again', async () => {
    const { user, app } = await openDoctor()
    await user.selectOptions(choice(/uid/), 'leave')
    expect(app.Decide).toHaveBeenCalledWith('c3', {
      zone: '',
      alike: false,
      each: [...migration.choices.each, { table: 'acct', column: 'uid', finding: 'not_uuid', action: 'leave' }],
    })
    await waitFor(() => expect(screen.getByText('1 decision left')).toBeVisible())
    expect(choice(/uid/)).toHaveDisplayValue('Leave it out')
    await user.selectOptions(choice(/owner/), 'convert')
    await screen.findByText('Everything is decided')
    const rows = within(screen.getByRole('region', { name: 'acct' })).getAllByRole('listitem')
    expect(rows[0]).toHaveTextContent('uid uuid') // nothing has jumped
    expect(screen.getByRole('button', { name: 'Migrate into wimm_test…' })).toBeEnabled()
  })

  test('keeps what is decided while the plan is being made for after it', async () => {
    let release = () => {}
    let calls = 0
    const { user, app } = await openDoctor({
      Decide: () => (calls++ === 0 ? new Promise<void>((done) => (release = done)) : Promise.resolve()),
    })
    await user.selectOptions(choice(/uid/), 'leave')
    await user.selectOptions(choice(/owner/), 'leave')
    await user.selectOptions(choice(/owner/), 'convert')
    expect(app.Decide).toHaveBeenCalledTimes(1)
    release()
    await waitFor(() => expect(app.Decide).toHaveBeenCalledTimes(2))
    expect(app.Decide).toHaveBeenLastCalledWith('c3', {
      zone: '',
      alike: false,
      each: [
        ...migration.choices.each,
        { table: 'acct', column: 'uid', finding: 'not_uuid', action: 'leave' },
        { table: 'acct', column: 'owner', finding: 'too_long', action: 'convert' },
      ],
    })
  })

  test('asks where times without a zone are at home', async () => {
    const { user, app } = await openDoctor()
    await user.selectOptions(screen.getByLabelText('Times without a zone are in'), 'America/Sao_Paulo')
    expect(app.Decide).toHaveBeenCalledWith('c3', { ...migration.choices, zone: 'America/Sao_Paulo' })
  })

  test('says why a decision could not be kept, and shows what is in force', async () => {
    const { user } = await openDoctor({
      Decide: () => Promise.reject(new Error(rejection({ code: 'denied', reason: 'auth.login_needed' }))),
    })
    await user.selectOptions(choice(/uid/), 'leave')
    expect(await screen.findByRole('alert')).toBeVisible()
    expect(choice(/uid/)).toHaveDisplayValue('Stop: don’t migrate')
  })
})

describe('the proof of a migration', () => {
  test('is on its result, table by table, and can be saved as a page', async () => {
    const { user, app, emit, program } = await openWindow({ LastResult: () => Promise.resolve(data.migrated) })
    program.plan = data.migration
    emit('job', data.job)
    emit('job', { ...data.job, revision: 99, state: 'succeeded' })
    emit('session', { user: '' })
    await screen.findByRole('heading', { name: 'The proof' })
    const row = screen.getByRole('row', { name: /public\.acct/ })
    expect(row).toHaveTextContent('412 texts are too long for character varying(20); converting cuts')
    expect(
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent.trim()),
    ).toEqual(['5,232', '5,231', '1', 'equal'])
    expect(screen.getByText('1 foreign key checked, 1 sequence continues behind the largest key')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Save the report…' }))
    expect(app.SaveReport).toHaveBeenCalledOnce()
    expect(await screen.findByText('Saved as /home/mariana/report.html')).toBeVisible()
  })
})
