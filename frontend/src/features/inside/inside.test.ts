import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, test, vi } from 'vitest'
import type { App, InsideRowsView } from '$lib/api'
import { rejection } from '../../test/fake'
import { found, rowsOf, view } from '../../test/inside'
import { openWindow } from '../../test/window'
import { isFolded, move } from './cells'
import { Rows } from './rows.svelte'

const grid = () => screen.findByRole('grid')
const cell = async (text: string | RegExp) => within(await grid()).findByRole('gridcell', { name: text })

async function look(answers: Partial<App> = {}) {
  const opened = await openWindow(answers)
  opened.program.navigation.go({ page: 'inside', backupID: 'b6', path: '', name: 'a.dump' })
  await screen.findByRole('heading', { name: 'Rows of the backup' })
  return opened
}

describe('the rows of a backup', () => {
  test('begin with the largest table, a hundred at a time', async () => {
    const { app, user } = await look()
    expect(app.LookInside).toHaveBeenCalledWith('b6', '')
    expect(within(await grid()).getAllByRole('row')).toHaveLength(101)
    expect(screen.getByText('1 to 100 of 1,000,000')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Last page' }))
    expect(await screen.findByText('999,901 to 1,000,000 of 1,000,000')).toBeInTheDocument()
    await user.type(screen.getByRole('spinbutton', { name: 'Go to row' }), '900000{Enter}')
    expect(await screen.findByText('899,901 to 900,000 of 1,000,000')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: /finances_ ?family/ }))
    expect(await cell('Família 7')).toBeInTheDocument()
  })

  test('are filtered, and a filter that can’t be read leaves those that are there', async () => {
    const { app, user } = await look({
      InsideRows: (input) =>
        input.where === 'wrong'
          ? Promise.reject(new Error(rejection({ reason: 'filter.end', args: { position: 6 } })))
          : Promise.resolve(rowsOf(input)),
    })
    await grid()
    await user.type(screen.getByRole('textbox', { name: 'Filter' }), 'wrong{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('ends too early, at character 6')
    expect(within(await grid()).getAllByRole('row')).toHaveLength(101)
    await user.clear(screen.getByRole('textbox', { name: 'Filter' }))
    await user.type(screen.getByRole('textbox', { name: 'Filter' }), 'id < 4')
    await user.type(screen.getByRole('searchbox', { name: 'Search this table' }), 'luz')
    await user.click(screen.getByRole('button', { name: 'Show' }))
    await waitFor(() =>
      expect(app.InsideRows).toHaveBeenLastCalledWith(
        expect.objectContaining({ where: 'id < 4', find: 'luz', from: 0 }),
      ),
    )
    expect(await screen.findByText('1 to 3 of 3')).toBeInTheDocument()
    expect(screen.queryByRole('alert')).toBeNull()
    await user.clear(screen.getByRole('textbox', { name: 'Filter' }))
    await user.type(screen.getByRole('textbox', { name: 'Filter' }), 'none{Enter}')
    await user.click(await screen.findByRole('button', { name: 'Show all rows' }))
    expect(await screen.findByText('1 to 100 of 1,000,000')).toBeInTheDocument()
  })

  test('are walked through by keys, opened by Enter and copied by Ctrl+C', async () => {
    const { app, user } = await look()
    const first = await cell('1')
    first.focus()
    await user.keyboard('{ArrowRight}{ArrowDown}')
    expect(document.activeElement).toHaveTextContent('NULL')
    await user.keyboard('{ArrowUp}{Control>}c{/Control}')
    await waitFor(() => expect(app.ClipboardSet).toHaveBeenLastCalledWith('Mercado'))
    await user.keyboard('{PageDown}')
    await waitFor(() => expect(screen.getByText('101 to 200 of 1,000,000')).toBeInTheDocument())
    await waitFor(() => expect(document.activeElement).toHaveAttribute('data-at', '0-1'))
    await user.keyboard('{Home}{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}{Enter}')
    expect(await screen.findByRole('alertdialog', { name: 'notes, row 101' })).toHaveTextContent('x'.repeat(1000))
    await user.keyboard('{Escape}')
    await waitFor(() => expect(document.activeElement).toHaveAttribute('data-at', '0-4'))
  })

  test('are found in all tables, and a hit leads to its row', async () => {
    const { app, user } = await look()
    await user.type(await screen.findByRole('searchbox', { name: 'Search all tables' }), 'joa{Enter}')
    expect(await screen.findByText('Família Joana')).toBeInTheDocument()
    expect(app.FindInside).toHaveBeenLastCalledWith(expect.objectContaining({ text: 'joa' }))
    await user.click(screen.getAllByRole('button', { name: /finances_family/ }).at(-1)!)
    expect(await cell('Família 2')).toBeInTheDocument()
    await user.type(screen.getByRole('searchbox', { name: 'Search all tables' }), 'nobody{Enter}')
    expect(await screen.findByText('No row holds “nobody”')).toBeInTheDocument()
  })

  test('are found in all other tables where one cannot be read', async () => {
    const failure = { code: 'corrupt', reason: 'browse.unread', args: { n: 1, tables: 'public.notes' }, detail: '' }
    const { user } = await look({ FindInside: ({ text, have }) => Promise.resolve({ ...found(text, have), failure }) })
    await user.type(await screen.findByRole('searchbox', { name: 'Search all tables' }), 'joa{Enter}')
    expect(await screen.findByText('Família Joana')).toBeInTheDocument()
    expect(screen.getByRole('alert')).toHaveTextContent('1 table could not be read to the end: public.notes.')
  })

  test('end with what is wrong with the file', async () => {
    const failure = { code: 'corrupt', reason: 'archive.dump_table', args: { file: 'a.dump', table: 't' }, detail: '' }
    await look({ InsideRows: (input) => Promise.resolve({ ...rowsOf({ ...input, where: 'x' }), failure }) })
    expect(await screen.findByRole('alert')).toBeInTheDocument()
    expect(within(await grid()).getAllByRole('row')).toHaveLength(4)
  })

  test('of a page that was left are closed', async () => {
    const { app, program } = await look()
    await grid()
    program.navigation.go({ page: 'overview' })
    await waitFor(() => expect(app.CloseInside).toHaveBeenCalledWith('1'))
  })
})

describe('a table that is still being read', () => {
  const part = (n: number, known: number, ended = false): InsideRowsView => ({
    ...rowsOf({ id: '', table: 'public.finances_transaction', where: '', find: '', from: 0, count: n }),
    known,
    ended,
  })
  test('is asked for until the page is whole, and then until it is counted', async () => {
    const answers = [part(0, 0), part(40, 40), part(100, 128), part(1, 400), part(0, 400, true)]
    const asked = vi.fn((_: { from: number; count: number }) => Promise.resolve(answers.shift()!))
    await openWindow({ InsideRows: asked })
    const rows = new Rows('1', { ...view.tables[0]!, rows: -1 })
    await rows.turn(0)
    expect(rows.rows).toHaveLength(100)
    expect([rows.total, rows.counted, rows.pages]).toEqual([400, true, 4])
    expect(asked.mock.calls.map(([{ from, count }]) => [from, count])).toEqual([
      [0, 100],
      [0, 100],
      [0, 100],
      [128, 1],
      [400, 1],
    ])
  })
  test('shows the page that was asked for last', async () => {
    let slow: ((view: InsideRowsView) => void) | undefined
    await openWindow({
      InsideRows: (input) =>
        input.from === 0 ? new Promise((resolve) => (slow = resolve)) : Promise.resolve(rowsOf(input)),
    })
    const rows = new Rows('1', view.tables[0]!)
    const first = rows.turn(0)
    await rows.turn(3)
    slow?.(part(100, 1_000_000))
    await first
    expect(rows.page).toBe(3)
    expect(rows.rows?.[0]?.place).toBe(300)
  })
})

test('keys stay within the page', () => {
  const of = { rows: 3, columns: 2 }
  expect(move('ArrowUp', false, { row: 0, column: 1 }, of)).toEqual({ row: 0, column: 1 })
  expect(move('End', true, { row: 0, column: 0 }, of)).toEqual({ row: 2, column: 1 })
  expect(move('Home', false, { row: 2, column: 1 }, of)).toEqual({ row: 2, column: 0 })
  expect(move('x', false, { row: 0, column: 0 }, of)).toBeUndefined()
})

test('long values, and those of several lines, are folded', () => {
  const text = (text: string, bytes = text.length) => ({ kind: 'text' as const, text, bytes })
  expect(
    [text('a'), text('a\nb'), text('x'.repeat(81)), text('xy', 5000), { ...text(''), kind: 'null' as const }].map(
      isFolded,
    ),
  ).toEqual([false, true, true, true, false])
})
