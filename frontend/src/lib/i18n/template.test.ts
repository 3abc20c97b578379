import { describe, expect, test } from 'vitest'
import { makeFormats } from './format'
import { fill, segments, type Speech } from './template'

const words: Record<string, string> = { 'word.kind.backup': 'copy' }
const english: Speech = { formats: makeFormats('en'), word: (key) => words[key] }
const portuguese: Speech = { formats: makeFormats('pt-BR'), word: () => undefined }

describe('fill', () => {
  test.each([
    ['a name is replaced', 'Restore {target}', { target: 'wimm_prod' }, 'Restore wimm_prod'],
    ['one takes the first word', '{n:row|rows}', { n: 1 }, '1 row'],
    ['none takes the second word', '{n:row|rows}', { n: 0 }, '0 rows'],
    ['many are grouped', '{n:row|rows}', { n: 48312 }, '48,312 rows'],
    ['…_bytes is a size', 'of {free_bytes}', { free_bytes: 8_612_345 }, 'of 8.6 MB'],
    ['…_ms is a duration', 'in {took_ms}', { took_ms: 1240 }, 'in 1.2 s'],
    ['a value may have a word of its own', 'A {kind}', { kind: 'backup' }, 'A copy'],
    ['a value without a word is itself', 'A {kind}', { kind: 'moon' }, 'A moon'],
    ['a list is joined', '{tables}', { tables: ['a', 'b'] }, 'a, b'],
    ['what is missing is a dash', 'by {who}', {}, 'by –'],
    ['an unknown number keeps its noun', '{n:row|rows}', {}, '– rows'],
    ['bold leaves no mark', '**WARNING:** all', {}, 'WARNING: all'],
    ['any other brace is text', '{} {a b}', {}, '{} {a b}'],
  ])('%s', (_, template, args, expected) => {
    expect(fill(template, args, english).replace(/\u00a0/g, ' ')).toBe(expected)
  })

  test('Portuguese groups with points', () => {
    expect(fill('{n:linha|linhas}', { n: 48312 }, portuguese)).toBe('48.312 linhas')
  })
})

test('segments name the argument that a piece came from, and what is bold', () => {
  expect(segments('**Into** {target}.', { target: 'x' }, english)).toEqual([
    { text: 'Into', bold: true },
    { text: ' ' },
    { text: 'x', arg: 'target' },
    { text: '.' },
  ])
})
