// A migration that has much to decide: a database of PostgreSQL, and a SQLite file whose values do not fit into it.
import { execFileSync } from 'node:child_process'

/** strict makes a database with narrow columns, and one row. */
export function strict(cluster, database) {
  cluster.sql(`CREATE DATABASE ${database}`, 'postgres')
  cluster.sql(
    `CREATE TABLE cliente (id int PRIMARY KEY, uid uuid NOT NULL, nome varchar(12) NOT NULL DEFAULT 'sem nome', ativo boolean, saldo numeric(8,2), idade smallint, nascido date, visto timestamptz, dados jsonb, nota text, codigo text UNIQUE);
     CREATE TABLE pedido (id int PRIMARY KEY, cliente_id int REFERENCES cliente);
     INSERT INTO cliente (id, uid) VALUES (99, gen_random_uuid())`,
    database,
  )
}

/** troubled writes a file for that database, with eleven kinds of trouble and one row that is well, and returns its path. */
export function troubled(cofre) {
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
