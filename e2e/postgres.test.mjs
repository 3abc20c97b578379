import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { after, before } from "node:test";
import { content, flow } from "./cofre.mjs";
import * as desktop from "./desktop.mjs";
import { Cluster } from "./postgres.mjs";

let cluster;
before(async () => {
  cluster = await Cluster.start();
  cluster.sql("CREATE DATABASE loja", "postgres");
  cluster.sql("CREATE DATABASE teste", "postgres");
  cluster.sql(
    `CREATE TABLE cliente (id serial PRIMARY KEY, nome text NOT NULL);
     INSERT INTO cliente (nome) SELECT 'Cliente ' || i FROM generate_series(1, 1234) i;
     CREATE VIEW primeiros AS SELECT * FROM cliente WHERE id < 10`,
    "loja",
  );
});
after(() => cluster?.stop());

function dump(cofre) {
  const file = cofre.at("loja.dump");
  execFileSync("pg_dump", ["-Fc", "-f", file, cluster.url("loja")]);
  return file;
}

flow(
  "a backup of PostgreSQL is not taken into SQLite, and the page says why and what to do",
  async (cofre) => {
    const file = cofre.sample();
    const before = content(file);
    await cofre.open(file);
    const { page } = cofre;
    await cofre.go("Backups");
    await page.click("button", "Open a file…");
    await desktop.answerFileDialog("Choose a backup", dump(cofre));

    await page.sees("Cannot restore PostgreSQL backup to SQLite database");
    await page.sees("Your system is currently running with SQLite database");
    await page.find("button", /^Use a SQLite backup/);
    assert.ok(!(await page.has("button", /^Replace/)));
    await page.click("button", /^Only look inside/);
    await page.sees("cliente");
    await page.sees("1,234");
    assert.equal(content(file), before);
  },
);

flow(
  "a PostgreSQL database is connected by its address, backed up, damaged and restored",
  async (cofre) => {
    const { page } = { page: await cofre.start() };
    await cofre.createAdministrator();
    await page.click("button", /^A PostgreSQL server/);
    await page.fill(
      "Paste or drop a URL, a .env or a settings line",
      cluster
        .url("loja")
        .replace("segredo", "not-this-one")
        .replace(String(cluster.port), "1"),
    );
    await page.click("button", "Test");
    await page.find("alert", null);
    await page.fill(
      "Paste or drop a URL, a .env or a settings line",
      cluster.url("loja"),
    );
    await page.click("button", "Test");
    await page.sees(/Connected in/);
    await page.click("button", "Save and make active");
    await page.sees("loja is saved");

    const { hostname, port, username, password } = new URL(
      cluster.url("teste"),
    );
    const env = cofre.at(".env");
    writeFileSync(
      env,
      `DEBUG=1\r\nDB_HOST=${hostname}\r\nDB_PORT=${port}\r\nDB_NAME=teste\r\nDB_USER=${username}\r\nDB_PASSWORD='${decodeURIComponent(password)}'\r\n`,
    );
    await (await cofre.drop(env)).letGo();
    await page.sees(/Nothing is saved yet/);
    await page.click("button", "Test");
    await page.sees(/Connected in/);
    await page.click("button", "Save and make active");
    await page.sees("teste is saved");
    await page.click("button", /^Active database: teste/);
    await page.click("menuitem", /^loja/);
    await page.find("button", /^Active database: loja/);
    await cofre.go("Overview");
    await cofre.backUp();

    cluster.sql(
      "DROP VIEW primeiros; DELETE FROM cliente WHERE id > 100; CREATE TABLE depois (x int)",
      "loja",
    );
    await cofre.go("Backups");
    await page.click("button", "Restore…");
    await page.click("button", "Replace loja…");
    await page.click("button", "Replace loja", { within: ["dialog", /./] });
    await page.sees("loja holds the backup of");
    assert.equal(cluster.sql("SELECT count(*) FROM cliente", "loja"), "1234");
    assert.equal(
      cluster.sql(
        "SELECT count(*) FROM pg_class WHERE relname = 'depois'",
        "loja",
      ),
      "0",
    );
    assert.equal(cluster.sql("SELECT count(*) FROM primeiros", "loja"), "9");
  },
);
