import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { administrator, flow, sqlite } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { until } from './wait.mjs'

flow('the first start makes an administrator, and takes a database from the native dialog', async (cofre) => {
  const file = cofre.sample()
  const page = await cofre.start()
  await page.sees('Welcome to Cofre')
  await page.click('button', 'Continue')
  await page.fill('User name', administrator.name)
  await page.fill('Password', administrator.password)
  await page.fill('The password again', 'another one altogether')
  await page.click('button', 'Create the account')
  await page.sees('The two passwords differ.')
  await page.fill('The password again', administrator.password)
  await page.click('button', 'Create the account')
  await page.sees(/[0-9A-Z]{5}(-[0-9A-Z]{5}){4}/)
  await page.click('button', 'I have kept it')

  await page.sees('Which database should be safe?')
  await page.click('button', /^A SQLite file/)
  await desktop.answerFileDialog('Choose a database', null)
  assert.ok(await page.has('heading', 'Which database should be safe?'), 'a cancelled dialog asks again')
  await page.click('button', /^A SQLite file/)
  await desktop.answerFileDialog('Choose a database', file)
  await page.find('button', 'Back up now')
  await page.sees(`finances_transaction ${Number(sqlite(file, 'SELECT count(*) FROM finances_transaction')).toLocaleString('en')}`)
})

flow('every later start asks for the password, and believes no other', async (cofre) => {
  await cofre.open(cofre.sample())
  assert.equal(statSync(join(cofre.home, 'state.db')).mode & 0o777, 0o600)
  await cofre.close()

  const page = await cofre.start()
  await page.fill('User name', administrator.name)
  await page.fill('Password', 'not this one')
  await page.click('button', 'Sign in')
  await page.sees('The name or the password was not accepted.')
  assert.ok(!(await page.has('button', 'Back up now')))
  await until('the keyboard in the password field', () => page.js(() => document.activeElement.type === 'password'))
  await page.fill('Password', administrator.password)
  await page.click('button', 'Sign in')
  await page.find('button', 'Back up now')
  await page.click('button', /^Lock/)
  await page.find('button', 'Sign in')
})

flow('the window speaks Portuguese as soon as it is asked to', async (cofre) => {
  const page = await cofre.start()
  await page.click('radio', /^Português/)
  await page.sees('Continuar')
  await page.click('button', 'Continuar')
  await page.sees('Administrador')
  assert.equal(await page.js(() => document.documentElement.lang), 'pt-BR')
})
