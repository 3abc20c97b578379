import { expect, test } from 'vitest'
import { api } from './bridge'
import { Failed, failureOf } from './failure'
import { installFake, rejection } from '../../test/fake'

test('a rejected call carries what Go said', async () => {
  const said = { code: 'busy', reason: 'job.running', args: { kind: 'backup' }, detail: 'pid 7' }
  installFake({ GetOverview: () => Promise.reject(new Error(rejection(said))) })
  await expect(api.GetOverview()).rejects.toEqual(new Failed(said))
  await expect(api.GetOverview()).rejects.toHaveProperty('failure', said)
})

test('Wails rejects with the bare string', () => {
  expect(failureOf(rejection({ reason: 'target.empty', code: 'invalid' })).reason).toBe('target.empty')
})

test('anything else is a defect of Cofre, and keeps its words', () => {
  expect(failureOf(new TypeError('x is undefined'))).toEqual({
    code: 'internal',
    reason: 'internal',
    args: {},
    detail: 'x is undefined',
  })
  expect(failureOf('{"not":"ours"}').code).toBe('internal')
})
