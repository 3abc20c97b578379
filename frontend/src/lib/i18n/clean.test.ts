import { expect, test } from 'vitest'
import { clean, cleanLines } from './clean'
import { t } from './index.svelte'

const moving = ['\n', '\r', '\t', '\0', '\x1b', '\x7f', '\u0085', '\u009b', '\u2028', '\u2029', '\u202a', '\u202e']

test.each([...moving, '\u2066', '\u2069'])('%j is not shown', (bad) => {
  expect(clean(`a${bad}b`)).toBe('a\ufffdb')
  expect(t('delete.goes', { source: `a${bad}b` })).toContain('a\ufffdb')
})

test.each(['família', '数据', 'مرحبا', '👩‍👧', 'a\u00a0b', '\u200f'])('%s is shown as it is', (good) => {
  expect(clean(good)).toBe(good)
})

test('the words of another program keep their lines', () => {
  expect(cleanLines('pg_dump: error\r\n\tline\x1b[2J two\rthree\u202e')).toBe(
    'pg_dump: error\n\tline\ufffd[2J two\ufffdthree\ufffd',
  )
})
