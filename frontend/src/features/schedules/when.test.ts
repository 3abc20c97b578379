import { expect, test } from 'vitest'
import type { Rule } from '$lib/api'
import { locale } from '$lib/i18n/index.svelte'
import { whenWords } from './when'

const rule = (more: Partial<Rule>): Rule => {
  return {
    form: 'cron',
    minutes: [0],
    hours: [],
    days: [],
    last: false,
    months: [],
    weekdays: [],
    either: false,
    ...more,
  }
}
const office = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]

const cases: [Partial<Rule>, string, string][] = [
  [
    { hours: office, weekdays: [1, 2, 3, 4, 5] },
    'every hour, 8 to 19, Mon to Fri',
    'de hora em hora, 8 a 19, seg. a sex.',
  ],
  [{ hours: [3] }, 'every day at 03:00', 'todo dia às 03:00'],
  [{ hours: [3], minutes: [10], weekdays: [0] }, 'Sundays at 03:10', 'domingos às 03:10'],
  [{}, 'every hour', 'de hora em hora'],
  [{ minutes: [15] }, 'every hour at :15', 'de hora em hora, aos :15'],
  [{ minutes: [0, 15, 30, 45] }, 'every 15 minutes', 'a cada 15 minutos'],
  [{ minutes: [] }, 'every minute', 'a cada minuto'],
  [{ minutes: [5, 35] }, 'every hour at :05 and :35', 'de hora em hora, aos :05 e :35'],
  [{ hours: [3, 15] }, 'every day at 03:00 and 15:00', 'todo dia às 03:00 e 15:00'],
  [{ minutes: [], hours: [6, 12] }, 'every minute, in the hours 6 and 12', 'a cada minuto, nas horas 6 e 12'],
  [{ hours: [4], days: [1, 15] }, 'at 04:00, day 1 and 15 of the month', 'às 04:00, dia 1 e 15 do mês'],
  [{ hours: [4], last: true }, 'at 04:00, the last day of the month', 'às 04:00, no último dia do mês'],
  [
    { hours: [4], days: [1], last: true, months: [1, 7] },
    'at 04:00, day 1 and the last of the month, in January and July',
    'às 04:00, dia 1 e o último do mês, em janeiro e julho',
  ],
  [
    { hours: [4], days: [13], weekdays: [5], either: true },
    'at 04:00, day 13 of the month or Fri',
    'às 04:00, dia 13 do mês ou sex.',
  ],
  [{ hours: [4], weekdays: [0, 5, 6] }, 'at 04:00, Fri to Sun', 'às 04:00, sex. a dom.'],
  [{ hours: [4], weekdays: [1, 3] }, 'at 04:00, Mon and Wed', 'às 04:00, seg. e qua.'],
  [{ hours: [0], weekdays: [6] }, 'Saturdays at 00:00', 'sábados às 00:00'],
]

test('a rule is said in words, in both languages', () => {
  for (const [what, english, portuguese] of cases) {
    locale.language = 'en'
    expect(whenWords(rule(what), '')).toBe(english)
    locale.language = 'pt-BR'
    expect(whenWords(rule(what), '')).toBe(portuguese)
  }
})

test('a rule that Go could not read stays as it is written', () => {
  expect(whenWords(null, 'each full moon')).toBe('each full moon')
})
