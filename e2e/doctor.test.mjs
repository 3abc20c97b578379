import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before } from 'node:test'
import { flow } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { Cluster } from './postgres.mjs'
import { strict, troubled } from './troubled.mjs'

let cluster
before(async () => {
  cluster = await Cluster.start()
  strict(cluster, 'loja')
})
after(() => cluster?.stop())

flow('a file with eleven kinds of trouble is decided finding by finding, and then migrated', async (cofre) => {
  const page = await cofre.start()
  await cofre.createAdministrator()
  await page.click('button', /^A PostgreSQL server/)
  await page.fill('Paste or drop a URL, a .env or a settings line', cluster.url('loja'))
  await page.click('button', 'Save and make active')
  await page.sees('loja is saved')
  await cofre.go('Backups')
  await page.click('button', 'Open a file…')
  await desktop.answerFileDialog('Choose a backup', troubled(cofre))

  await page.sees('What the file’s values need')
  await page.sees('11 decisions left')
  for (const shown of ['not-a-uuid', 'Um nome longo demais', 'maybe', 'abc', '70000', '2025-02-31', '{bad', 'x\\0y', 'id 2 77']) await page.sees(shown)
  const decisions = [
    [/^What to do with uid/, 'leave'],
    [/^What to do with nome: 1 text/, 'convert'],
    [/^What to do with nome: 1 row/, 'default'],
    [/^What to do with ativo/, 'null'],
    [/^What to do with saldo/, 'null'],
    [/^What to do with idade/, 'null'],
    [/^What to do with nascido/, 'null'],
    [/^What to do with dados/, 'null'],
    [/^What to do with nota/, 'convert'],
  ]
  for (const [name, action] of decisions) await page.choose(name, action)
  await page.sees('2 decisions left')
  await page.choose(/^What to do with cliente_id/, 'null')
  await page.choose(/^What to do with codigo/, 'leave')
  await page.sees('Everything is decided')

  await page.click('button', 'Migrate into loja…')
  await page.click('button', 'Replace loja', { within: ['dialog', /./] })
  await page.click('button', 'Migrate and replace loja', { within: ['dialog', /./] })
  await page.sees(/loja (was restored|holds the backup)/)
  await page.sees('The proof')
  const report = cofre.at('relatorio.html')
  await page.click('button', 'Save the report…')
  await desktop.answerFileDialog('Save the report', report)
  await page.sees('Saved as')
  assert.match(readFileSync(report, 'utf8'), /2 tables were read back from the database and compared/)
  const rows = cluster.sql("SELECT concat_ws('|', id, nome, ativo, saldo, idade, nascido, dados) FROM cliente ORDER BY id", 'loja')
  assert.equal(
    rows,
    '1|Ana|t|10.50|40|1985-01-02|{"a": 1}\n3|Um nome long|t|1.00|1\n4|sem nome|t|1.00|1\n5|Eva|1.00|1\n6|Fabio|t|1\n7|Gil|t|1.00\n8|Hugo|t|1.00|1',
  )
  assert.equal(cluster.sql("SELECT string_agg(concat_ws(':', id, cliente_id), ' ' ORDER BY id) FROM pedido", 'loja'), '1:1 2')
})
