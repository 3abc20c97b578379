import assert from 'node:assert/strict'
import { administrator, flow } from './cofre.mjs'

const CODE = /[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}/

flow('the window is locked by a key and by itself, keeps its page, and opens again by the recovery code', async (cofre) => {
  const page = await cofre.start()
  await page.sees('Welcome to Cofre')
  await page.click('button', 'Continue')
  await page.fill('User name', administrator.name)
  await page.fill('Password', administrator.password)
  await page.fill('The password again', administrator.password)
  await page.click('button', 'Create the account')
  const [code] = (await page.sees(CODE)).match(CODE)
  await page.click('button', 'I have kept it')
  await page.click('button', 'Later')

  await cofre.go('Settings')
  await page.find('button', 'Change…')
  await page.js(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', ctrlKey: true })))
  await page.find('button', 'Sign in')
  assert.ok(!(await page.text()).includes('Settings'), 'nothing of the page is shown')
  await cofre.signInTo('button', 'Change…')

  // A quarter of an hour later, by the clock on the wall.
  await page.js(() => {
    const now = Date.now
    Date.now = () => now() + 16 * 60_000
  })
  await page.find('button', 'Sign in', { ms: 20_000 })

  await page.click('button', 'Use the recovery code')
  await page.fill('User name', administrator.name)
  await page.fill('Recovery code', code.toLowerCase().replaceAll('-', ' '))
  await page.fill('New password', 'a password that is remembered')
  await page.fill('The password again', 'a password that is remembered')
  await page.click('button', 'Set the password')
  const [next] = (await page.sees(CODE)).match(CODE)
  assert.notEqual(next, code, 'a code works once')
  await page.click('button', 'I have kept it')
  await page.find('button', 'Change…')

  const told = cofre.run('audit', '--json')
  for (const what of ['login', 'password_reset']) assert.ok(told.includes(`"what":"${what}"`), what)
  assert.ok(!told.includes(code) && !told.includes(next), 'no code is in the trail')
})
