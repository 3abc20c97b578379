import type { FoundView, InsideCell, InsideRow, InsideRowsInput, InsideRowsView, InsideView } from '$lib/api'

const columns = (...names: string[]) =>
  names.map((each) => {
    const [name = '', ...type] = each.split(' ')
    return { name, type: type.join(' ') }
  })

/** A backup of three tables, one of them with a million rows. */
export const view: InsideView = {
  id: '1',
  tables: [
    {
      name: 'public.finances_transaction',
      rows: 1_000_000,
      columns: columns(
        'id bigint',
        'description text',
        'amount numeric(12,2)',
        'made_at timestamp with time zone',
        'notes jsonb',
        'receipt bytea',
      ),
      key: ['id'],
    },
    { name: 'public.finances_family', rows: 7, columns: columns('id bigint', 'name text'), key: ['id'] },
    { name: 'public.empty', rows: 0, columns: columns('id bigint'), key: [] },
  ],
}

const text = (text: string, bytes = text.length): InsideCell => ({ kind: 'text', text, bytes })
const number = (n: number | string): InsideCell => ({ kind: 'number', text: String(n), bytes: String(n).length })
const nothing: InsideCell = { kind: 'null', text: '', bytes: 0 }

function row(table: string, place: number): InsideRow {
  const id = number(place + 1)
  if (!table.endsWith('transaction')) return { place, cells: [id, text(`Família ${place + 1}`)] }
  const cells = [
    id,
    place % 3 === 1 ? nothing : text(['Mercado', 'Luz', 'Escola: mensalidade de março'][place % 3]!),
    number(((place * 37) % 90_000) / 100),
    text(`2025-12-${String(1 + (place % 22)).padStart(2, '0')} 10:15:30+00`),
    text(`{"icone": "carteira", "alertas": [80, 100], "texto": "${'longo '.repeat(40)}`.slice(0, 300), 1_480),
    place % 2 === 0 ? text('\\x00ff', 6) : nothing,
  ]
  return { place, cells }
}

export function rowsOf({ table, where, find, from, count }: InsideRowsInput): InsideRowsView {
  const of = view.tables.find((each) => table.endsWith(each.name))
  const known = where !== '' || find !== '' ? (where.includes('none') ? 0 : 3) : (of?.rows ?? 0)
  const rows = Array.from({ length: Math.max(0, Math.min(count, known - from)) }, (_, i) => row(table, from + i))
  return { rows, known, ended: true, cut: false, failure: null }
}

export function valueOf(table: string, place: number, column: string): InsideCell {
  const at =
    view.tables.find((each) => table.endsWith(each.name))?.columns.findIndex(({ name }) => column.endsWith(name)) ?? 0
  const cell = row(table, place).cells[at] ?? nothing
  return cell.bytes > 300 ? { ...cell, text: cell.text + 'x'.repeat(cell.bytes - 300) } : cell
}

export function found(search: string, have: number): FoundView {
  const hits = ['João', 'Joana'].map((name, place) => ({
    table: 'public.finances_family',
    place,
    key: `id = ${place + 1}`,
    column: 'name',
    excerpt: `Família ${name}`,
  }))
  const all = search === '' || search === 'nobody' ? [] : hits
  return { hits: all.slice(have), table: 'public.empty', ended: true, more: false, failure: null }
}
