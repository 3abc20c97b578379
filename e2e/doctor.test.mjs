import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before } from 'node:test'
import { flow } from './cofre.mjs'
import * as desktop from './desktop.mjs'
import { Cluster } from './postgres.mjs'

let cluster
before(async () => {
  cluster = await Cluster.start()
  cluster.sql('CREATE DATABASE loja', 'postgres')
  cluster.sql(
    `CREATE TABLE cliente (id int PRIMARY KEY, uid uuid NOT NULL, nome varchar(12) NOT NULL DEFAULT 'sem nome', ativo boolean, saldo numeric(8,2), idade smallint, nascido date, visto timestamptz, dados jsonb, nota text, codigo text UNIQUE);
     CREATE TABLE pedido (id int PRIMARY KEY, cliente_id int REFERENCES cliente);
     INSERT INTO cliente (id, uid) VALUES (99, gen_random_uuid())`,
    'loja',
  )
})
after(() => cluster?.stop())

/** A database with eleven kinds of trouble, and one row that is well. */
function troubled(cofre) {
  const file = cofre.at('loja.sqlite3')
  const uid = (n) => `'00000000-0000-4000-8000-00000000000${n}'`
  execFileSync('sqlite3', [file], {
    input: `CREATE TABLE cliente (id INTEGER PRIMARY KEY, uid, nome, ativo, saldo, idade, nascido, visto, dados, nota, codigo);
      CREATE TABLE pedido (id INTEGER PRIMARY KEY, cliente_id);
      INSERT INTO cliente VALUES
        (1, ${uid(1)}, 'Ana', 1, 10.5, 40, '1985-01-02', '2025-03-01 12:00:00', '{"a":1}', 'bem', 'a'),
        (2, 'not-a-uuid', 'Bia', 1, 1, 1, NULL, NULL, NULL, NULL, 'b'),
        (3, ${uid(3)}, 'Um nome longo demais', 1, 1, 1, NULL, NULL, NULL, NULL, 'c'),
        (4, ${uid(4)}, NULL, 1, 1, 1, NULL, NULL, NULL, NULL, 'd'),
        (5, ${uid(5)}, 'Eva', 'maybe', 1, 1, NULL, NULL, NULL, NULL, 'e'),
        (6, ${uid(6)}, 'Fabio', 1, 'abc', 1, NULL, NULL, NULL, NULL, 'f'),
        (7, ${uid(7)}, 'Gil', 1, 1, 70000, NULL, NULL, NULL, NULL, 'g'),
        (8, ${uid(8)}, 'Hugo', 1, 1, 1, '2025-02-31', NULL, NULL, NULL, 'h'),
        (9, ${uid(9)}, 'Ines', 1, 1, 1, NULL, NULL, '{bad', 'x' || char(0) || 'y', 'a');
      INSERT INTO pedido VALUES (1, 1), (2, 77);`,
  })
  return file
}

flow('a file with eleven kinds of trouble is decided finding by finding, and then migrated', async (cofre) => {
  const page = await cofre.start()
  await cofre.createAdministrator()
  await page.click('button', /^A PostgreSQL server/)
  await page.fill('Paste a URL', cluster.url('loja'))
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
