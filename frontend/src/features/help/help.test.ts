import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import { openWindow } from '../../test/window'
import { blocksOf, find, piecesOf, type HelpPages } from './topics'
import { pages as en } from './words/en'
import { pages as ptBR } from './words/pt-BR'

test('both languages say the same things in the same order', () => {
  for (const [topic, page] of Object.entries(en)) {
    const shape = (text: string) =>
      blocksOf(text).map((block) => (block.kind === 'list' ? `list ${block.items.length}` : block.kind))
    expect(shape(ptBR[topic as keyof HelpPages].text), topic).toEqual(shape(page.text))
    expect(page.title).not.toBe('')
  }
})

test('the marks are drawn, and none is left over', () => {
  for (const pages of [en, ptBR]) {
    for (const { text } of Object.values(pages)) {
      const drawn = blocksOf(text)
        .flatMap((block) => (block.kind === 'list' ? block.items : [block.text]))
        .flatMap((line) => piecesOf(line).map((piece) => piece.text))
        .join('')
      expect(drawn).not.toMatch(/\*\*|`|^#|\n/)
    }
  }
  expect(piecesOf('a **b** `c`')).toEqual([
    { text: 'a ', as: '' },
    { text: 'b', as: 'b' },
    { text: ' ', as: '' },
    { text: 'c', as: 'code' },
  ])
})

test('a search finds words in any order, without accents, and titles first', () => {
  expect(find(en, 'SCHEDULES')[0]).toBe('schedules')
  expect(find(ptBR, 'agendamento cron')).toContain('schedules')
  expect(find(ptBR, 'criptografia')[0]).toBe('encryption')
  expect(find(en, 'no such word anywhere')).toEqual([])
  expect(find(en, '')).toHaveLength(Object.keys(en).length)
})

test('F1 opens the page about where one is, and the search leads to others', async () => {
  const { user, program } = await openWindow()
  program.navigation.go({ page: 'connections' })
  await user.keyboard('{F1}')
  expect(program.navigation.route).toEqual({ page: 'help', topic: 'connections' })
  expect(await screen.findByRole('heading', { level: 2, name: 'Connections' })).toBeVisible()
  await user.type(screen.getByLabelText('Search the help'), 'recovery code')
  expect(await screen.findByRole('heading', { level: 2, name: 'Administrators' })).toBeVisible()
  await user.clear(screen.getByLabelText('Search the help'))
  await user.click(
    within(screen.getByRole('navigation', { name: 'Topics' })).getByRole('button', { name: 'When something is wrong' }),
  )
  await waitFor(() => expect(screen.getByRole('heading', { level: 2, name: 'When something is wrong' })).toBeVisible())
})
