import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { administrator, content, flow, sqlite } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { hold } from './locker.mjs'
import { wordsOf } from './words.mjs'

const damage = (file) => sqlite(file, 'DELETE FROM finances_transaction; CREATE TABLE later (x); INSERT INTO later VALUES (1)')

/** backedUp opens Cofre on a sample, makes a backup, and damages the sample. */
async function backedUp(cofre) {
  const file = cofre.sample()
  await cofre.open(file)
  await cofre.backUp()
  const good = content(file)
  damage(file)
  await cofre.go('Backups')
  const folder = join(cofre.home, 'backups')
  return { file, good, damaged: content(file), backup: join(folder, readdirSync(folder).find((name) => name.endsWith('.sqlite3'))) }
}

flow('a restore from the list shows the plan, asks, replaces, and ends every session', async (cofre) => {
  const { file, good, damaged } = await backedUp(cofre)
  const { page } = cofre
  const inode = statSync(file).ino

  await page.click('button', 'Restore…')
  await page.sees('Nothing has been changed yet.')
  await page.sees('later')
  await page.click('button', 'Replace familia.sqlite3…')
  await page.find('dialog', 'Confirm Database Restore')
  await page.sees('Restoring a backup will replace ALL current data.')
  assert.equal(await page.focused(), 'Keep the current data')
  await page.click('button', 'Keep the current data')
  await page.gone('dialog', 'Confirm Database Restore')
  assert.equal(content(file), damaged, 'nothing is changed by asking')

  await page.click('button', 'Replace familia.sqlite3…')
  await page.click('button', 'Replace familia.sqlite3', { within: ['dialog', /./] })
  await page.sees('familia.sqlite3 holds the backup of')
  assert.equal(content(file), good)
  assert.equal(statSync(file).ino, inode, 'the file stays the same file')

  await page.click('button', 'All is well')
  await page.find('button', 'Sign in')
  await cofre.signIn()
  await cofre.go('Backups')
  await page.sees('pre_restore_')
})

flow('a restore is taken back from its result', async (cofre) => {
  const { file, damaged } = await backedUp(cofre)
  const { page } = cofre
  await page.click('button', 'Restore…')
  await page.click('button', 'Replace familia.sqlite3…')
  await page.click('button', 'Replace familia.sqlite3', { within: ['dialog', /./] })
  await page.sees('familia.sqlite3 holds the backup of')
  await page.click('button', 'Undo…')
  await cofre.signInTo('button', 'Replace familia.sqlite3…')
  await page.click('button', 'Replace familia.sqlite3…')
  await page.click('button', 'Replace familia.sqlite3', { within: ['dialog', /./] })
  await page.sees('familia.sqlite3 holds the backup of')
  assert.equal(content(file), damaged)
})

flow('whether all is well is asked until it is answered, over a new start too', async (cofre) => {
  const { good, file, damaged } = await backedUp(cofre)
  let { page } = cofre
  const restore = async () => {
    await page.click('button', 'Restore…')
    await page.click('button', 'Replace familia.sqlite3…')
    await page.click('button', 'Replace familia.sqlite3', { within: ['dialog', /./] })
    await page.sees('familia.sqlite3 holds the backup of')
  }
  await restore()
  assert.equal(content(file), good)
  await desktop.closeWindow('Cofre')
  await page.ended()
  await cofre.close()

  page = await cofre.start()
  await cofre.signInTo('heading', 'Is all well?')
  await page.sees(/familia_\d+_\d+\.sqlite3 was restored today \d\d:\d\d\. Keep it, or take it back\./)
  await page.click('button', 'Undo…')
  await page.sees('Nothing was written since.')
  await page.click('button', 'Replace familia.sqlite3…')
  await page.click('button', 'Replace familia.sqlite3', { within: ['dialog', /./] })
  await page.sees('familia.sqlite3 holds the backup of')
  assert.equal(content(file), damaged)
  await page.click('button', 'All is well')
  await page.find('button', 'Sign in')
  await cofre.signIn() // the restore has ended the session: the answer counts from here
  await page.gone('heading', 'Is all well?')
  await cofre.close()

  page = await cofre.start()
  await cofre.signIn()
  assert.ok(!(await page.has('heading', 'Is all well?')), 'an answer is kept')
})

flow('a backup that was damaged on the disk is found before anything is changed', async (cofre) => {
  const { file, damaged, backup } = await backedUp(cofre)
  const { page } = cofre
  await page.click('button', 'Restore…')
  await page.find('button', 'Replace familia.sqlite3…')
  const bytes = readFileSync(backup)
  bytes[bytes.length - 100] ^= 1
  writeFileSync(backup, bytes)

  await page.click('button', 'Replace familia.sqlite3…')
  await page.click('button', 'Replace familia.sqlite3', { within: ['dialog', /./] })
  await page.sees('familia.sqlite3 is unchanged.')
  await page.sees('What to do')
  assert.equal(content(file), damaged)
})

flow('a damaged file from the native dialog is refused, with the database unchanged', async (cofre) => {
  const { file, damaged, backup } = await backedUp(cofre)
  const { page } = cofre
  const cut = cofre.at('cut.sqlite3')
  writeFileSync(cut, readFileSync(backup))
  truncateSync(cut, Math.floor((statSync(backup).size * 2) / 3))

  await page.click('button', 'Open a file…')
  await desktop.answerFileDialog('Choose a backup', cut)
  await page.sees('cut.sqlite3')
  await page.sees(/Nothing (was|has been) changed/)
  assert.ok(!(await page.has('button', 'Replace familia.sqlite3')))
  assert.equal(content(file), damaged)
})

/** killed makes a restore, and ends the program by force while the new content goes in. t has the words of its window. */
async function killed(cofre, file, t) {
  const { page } = cofre
  const args = { target: 'familia.sqlite3' }
  // A reader keeps the last step waiting, after the safety backup was made.
  const reader = await hold(file, 'BEGIN; SELECT count(*) FROM sqlite_master')
  await page.click('button', t('backups.restore'))
  await page.click('button', t('plan.replace', args))
  await page.click('button', t('confirm.replace', args), { within: ['dialog', /./] })
  await page.sees(t('step.apply.running'))
  process.kill(page.pid, 'SIGKILL')
  await page.ended()
  await reader.release()
  await cofre.close()
}

flow('a restore that was killed is told at the next start, with the old content in place', async (cofre) => {
  const { file, damaged } = await backedUp(cofre)
  await killed(cofre, file, wordsOf('en'))
  assert.equal(content(file), damaged)

  const again = await cofre.start()
  await cofre.signInTo('button', 'Understood')
  await again.sees('The restore of familia.sqlite3 was cut off')
  await again.sees('familia.sqlite3 holds its old content, all of it.')
  await again.sees('pre_restore_')
  await again.click('button', 'Understood')
  await again.find('button', 'Back up now')
})

flow('a restore that was killed is told in Portuguese, every word of it', async (cofre) => {
  const { file, damaged } = await backedUp(cofre)
  await killed(cofre, file, wordsOf('en'))

  const page = await cofre.start({ env: { COFRE_LANG: 'pt-BR' } })
  await page.fill('Nome de usuário', administrator.name)
  await page.fill('Senha', administrator.password)
  await page.click('button', 'Entrar')
  await page.find('button', 'Entendi')
  const shown = await page.sees('A restauração de familia.sqlite3 foi interrompida')
  for (const sentence of [
    'familia.sqlite3 contém o conteúdo antigo, por inteiro.',
    /Começou hoje \d\d:\d\d; o Cofre, ou o computador, parou neste passo: Pôr o novo conteúdo, de uma só vez\./,
    'A restauração ainda não tinha mudado nada.',
    /Backup de segurança: pre_restore_\d+_\d+\.sqlite3/,
    'Nada precisa ser consertado. Restaure de novo quando quiser.',
  ]) {
    assert.match(shown, sentence instanceof RegExp ? sentence : new RegExp(sentence.replaceAll('.', '\\.')))
  }
  assert.equal(content(file), damaged)
  await page.click('button', 'Entendi')
  await page.find('button', 'Fazer backup agora')
  await page.click('button', 'Atividade')
  await page.sees('interrompid')
})
