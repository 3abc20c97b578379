package migrate

import (
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// columns lists the columns of a table as PostgreSQL describes them.
func (db live) columns(table string) string {
	return db.rows(`SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || CASE a.attidentity WHEN 'd' THEN ' IDENTITY' ELSE '' END
		|| CASE WHEN a.attgenerated <> '' THEN ' GENERATED ' ELSE coalesce(' DEFAULT ' || nullif('', a.attgenerated::text), '') END || coalesce(CASE WHEN a.attgenerated = '' THEN ' DEFAULT ' ELSE '' END || pg_get_expr(d.adbin, d.adrelid), '')
		FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = '"` + table + `"'::regclass AND a.attnum > 0 ORDER BY a.attnum`)
}

func (db live) constraints(table string) string {
	return db.rows(`SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '"` + table + `"'::regclass AND contype <> 'n' ORDER BY contype DESC, conname`)
}

func (db live) indexes(table string) string {
	return db.rows(`SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = '"` + table + `"'::regclass ORDER BY 1`)
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	trim := func(s string) string {
		var lines []string
		for _, l := range strings.Split(strings.TrimSpace(s), "\n") {
			lines = append(lines, strings.TrimSpace(l))
		}
		return strings.Join(lines, "\n")
	}
	// PostgreSQL 12 and 13 write some expressions as the calls that they are.
	got = strings.NewReplacer("timezone('UTC'::text, CURRENT_TIMESTAMP)", "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text)", "date_part('epoch'::text, CURRENT_TIMESTAMP)", "EXTRACT(epoch FROM CURRENT_TIMESTAMP)").Replace(got)
	if trim(got) != trim(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", what, trim(got), trim(want))
	}
}

const djangoSQLite = `CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
	INSERT INTO django_migrations VALUES (1, 'shop', '0001_initial', '2025-01-01 10:00:00.123456');
	CREATE TABLE "shop_all" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "big" bigint NOT NULL, "bin" BLOB NULL, "flag" bool NOT NULL, "chars" varchar(10) NOT NULL, "day" date NULL, "at" datetime NULL, "price" decimal NOT NULL, "took" bigint NULL,
		"file" varchar(100) NOT NULL, "ratio" real NULL, "n" integer NULL, "ip" char(39) NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "pos" integer unsigned NOT NULL CHECK ("pos" >= 0), "psmall" smallint unsigned NULL CHECK ("psmall" >= 0),
		"slug" varchar(50) NOT NULL, "small" smallint NULL, "body" text NOT NULL, "clock" time NULL, "key" char(32) NOT NULL UNIQUE, "parent_id" bigint NULL REFERENCES "shop_all" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "price_positive" CHECK ("price" > 0), CONSTRAINT "one_day" UNIQUE ("day", "slug"));
	CREATE INDEX "shop_all_slug_1" ON "shop_all" ("slug"); CREATE UNIQUE INDEX "only_flagged" ON "shop_all" ("slug") WHERE "flag"; CREATE INDEX "desc_at" ON "shop_all" ("at" DESC, "n");
	INSERT INTO shop_all VALUES (1, 9007199254740993, x'00ff', 1, 'ção', '2025-02-28', '2025-02-28 23:59:59.999999', 10.1, 90000000, 'a/b.txt', 0.1, -5, '10.0.0.1', '{"b": [1, "x"], "a": null}', 5, 7, 'slug', -3, 'text', '12:34:56.5', 'a0eebc999c0b4ef8bb6d6bb9bd380a11', NULL),
		(2, -1, NULL, 0, '', NULL, NULL, 1249.95, NULL, '', NULL, NULL, NULL, '[]', 0, NULL, 's2', NULL, '', NULL, 'b0eebc999c0b4ef8bb6d6bb9bd380a12', 1);`

func TestDjangosSchemaIsDerived(t *testing.T) {
	db := database(t, "")
	r := db.migrate(testdb.SQLite(t, djangoSQLite), Choices{})
	equal(t, "columns", db.columns("shop_all"), `id bigint NOT NULL IDENTITY
		big bigint NOT NULL
		bin bytea
		flag boolean NOT NULL
		chars character varying(10) NOT NULL
		day date
		at timestamp with time zone
		price numeric NOT NULL
		took bigint
		file character varying(100) NOT NULL
		ratio double precision
		n bigint
		ip inet
		data jsonb NOT NULL
		pos bigint NOT NULL
		psmall smallint
		slug character varying(50) NOT NULL
		small smallint
		body text NOT NULL
		clock time without time zone
		key uuid NOT NULL
		parent_id bigint`)
	equal(t, "constraints", db.constraints("shop_all"), `one_day UNIQUE (day, slug)
		shop_all_key_key UNIQUE (key)
		shop_all_pkey PRIMARY KEY (id)
		shop_all_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES shop_all(id) DEFERRABLE INITIALLY DEFERRED
		price_positive CHECK ((price > (0)::numeric))
		shop_all_pos_check CHECK ((pos >= 0))
		shop_all_psmall_check CHECK ((psmall >= 0))`)
	equal(t, "indexes", db.indexes("shop_all"), `CREATE INDEX desc_at ON public.shop_all USING btree (at DESC, n)
		CREATE INDEX shop_all_slug_1 ON public.shop_all USING btree (slug)
		CREATE UNIQUE INDEX one_day ON public.shop_all USING btree (day, slug)
		CREATE UNIQUE INDEX only_flagged ON public.shop_all USING btree (slug) WHERE flag
		CREATE UNIQUE INDEX shop_all_key_key ON public.shop_all USING btree (key)
		CREATE UNIQUE INDEX shop_all_pkey ON public.shop_all USING btree (id)`)
	equal(t, "rows", db.rows(`SELECT to_jsonb(s) - 'bin' || jsonb_build_object('bin', encode(bin, 'hex'), 'price', price::text) FROM shop_all s ORDER BY id`), `{"n": -5, "at": "2025-02-28T23:59:59.999999+00:00", "id": 1, "ip": "10.0.0.1", "big": 9007199254740993, "bin": "00ff", "day": "2025-02-28", "key": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "pos": 5, "body": "text", "data": {"a": null, "b": [1, "x"]}, "file": "a/b.txt", "flag": true, "slug": "slug", "took": 90000000, "chars": "ção", "clock": "12:34:56.5", "price": "10.10", "ratio": 0.1, "small": -3, "psmall": 7, "parent_id": null}
		{"n": null, "at": null, "id": 2, "ip": null, "big": -1, "bin": null, "day": null, "key": "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12", "pos": 0, "body": "", "data": [], "file": "", "flag": false, "slug": "s2", "took": null, "chars": "", "clock": null, "price": "1249.95", "ratio": null, "small": null, "psmall": null, "parent_id": 1}`)
	if got := db.rows("INSERT INTO django_migrations(app, name, applied) VALUES ('x', 'y', now()) RETURNING id"); got != "2" {
		t.Errorf("the next key is %s", got)
	}
	for _, f := range r.Findings {
		if loudness[f.Level] > 0 {
			t.Errorf("remarked %+v", f)
		}
	}
}

func TestOtherFrameworksSchemasAreDerived(t *testing.T) {
	for name, c := range map[string]struct{ script, table, columns string }{
		"Rails": {`CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
			CREATE TABLE "posts" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "title" varchar DEFAULT 'new' NOT NULL, "live" boolean DEFAULT 0 NOT NULL, "price" decimal(8,2), "meta" json DEFAULT '{}' NOT NULL, "at" time, "created_at" datetime(6) NOT NULL);
			INSERT INTO posts VALUES (1, 'x', 1, 12.5, '{"a":1}', '2000-01-01 10:00:00', '2025-01-01 10:00:00.123456')`, "posts",
			`id bigint NOT NULL IDENTITY
			title text NOT NULL DEFAULT 'new'::text
			live boolean NOT NULL DEFAULT false
			price numeric(8,2)
			meta jsonb NOT NULL DEFAULT '{}'::jsonb
			at time without time zone
			created_at timestamp(6) without time zone NOT NULL`},
		"Laravel": {`CREATE TABLE "migrations" ("id" integer primary key autoincrement not null, "migration" varchar not null, "batch" integer not null); CREATE TABLE "users" ("id" integer primary key autoincrement not null, "uuid" varchar not null, "active" tinyint(1) not null default '1', "score" float, "role" varchar check ("role" in ('admin', 'user')) not null default 'user', "created_at" datetime);
			INSERT INTO users VALUES (1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1, 1.5, 'admin', '2025-01-01 10:00:00')`, "users",
			`id bigint NOT NULL IDENTITY
			uuid text NOT NULL
			active boolean NOT NULL DEFAULT true
			score double precision
			role text NOT NULL DEFAULT 'user'::text
			created_at timestamp(0) without time zone`},
		"GORM": {"CREATE TABLE `users` (`id` integer,`created_at` datetime,`name` text,`active` numeric,`balance` decimal(10,2),`avatar` blob,PRIMARY KEY (`id`)); INSERT INTO users VALUES (1, '2025-03-01 12:00:00.123456789+00:00', 'x', 1, 3.5, x'01')", "users",
			`id bigint NOT NULL IDENTITY
			created_at timestamp with time zone
			name text
			active boolean
			balance numeric(10,2)
			avatar bytea`},
		"SQLAlchemy": {`CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); CREATE TABLE account (id INTEGER NOT NULL, key CHAR(32), active BOOLEAN, price NUMERIC(10, 2), made DATETIME DEFAULT CURRENT_TIMESTAMP, kind VARCHAR(6), PRIMARY KEY (id), CHECK (active IN (0, 1)), CONSTRAINT kind CHECK (kind IN ('red', 'green')));
			INSERT INTO account VALUES (1, 'a0eebc999c0b4ef8bb6d6bb9bd380a11', 1, 1.5, '2025-01-01 10:00:00.000000', 'red')`, "account",
			`id bigint NOT NULL IDENTITY
			key uuid
			active boolean
			price numeric(10,2)
			made timestamp without time zone DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text)
			kind character varying(6)`},
		"by hand": {`CREATE TABLE Thing(Id INTEGER PRIMARY KEY, a, b ANYTHING, c NUMBER, d POINT, e VARCHAR(3), f CHAR(32), g TIMESTAMP DEFAULT (datetime('now')), h INT DEFAULT (strftime('%s','now')), i TEXT DEFAULT CURRENT_DATE, j DATE DEFAULT (date('now')), k REAL DEFAULT -1.5, l BLOB DEFAULT x'00ff', m INT AS (h + 1) STORED);
			INSERT INTO Thing(a, b, c, d, e, f) VALUES (1, 'x', 10.25, 5, 'long', 'd41d8cd98f00b204e9800998ecf8427e'), (2.5, x'00', 3, NULL, 'x', '098f6bcd4621d373cade4e832627b4f6')`, "Thing",
			`Id bigint NOT NULL IDENTITY
			a double precision
			b bytea
			c numeric
			d bigint
			e text
			f character varying(32)
			g timestamp with time zone DEFAULT CURRENT_TIMESTAMP
			h bigint DEFAULT (EXTRACT(epoch FROM CURRENT_TIMESTAMP))::bigint
			i text DEFAULT to_char((CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD'::text)
			j date DEFAULT ((CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text))::date
			k double precision DEFAULT '-1.5'::double precision
			l bytea DEFAULT '\x00ff'::bytea
			m bigint GENERATED (h + 1)`},
	} {
		t.Run(name, func(t *testing.T) {
			db := database(t, "")
			db.migrate(testdb.SQLite(t, c.script), Choices{})
			equal(t, "columns", db.columns(c.table), c.columns)
		})
	}
}

func TestWhatHasNoCertainEqualIsListed(t *testing.T) {
	db := database(t, "")
	file := testdb.SQLite(t, `CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE, code TEXT CHECK (code GLOB '[a-z]*'), n INT CHECK (n / 2 > 1), d TEXT DEFAULT (hex(randomblob(4))), low TEXT GENERATED ALWAYS AS (lower(name)));
		CREATE TABLE c(id INTEGER PRIMARY KEY, p_id TEXT REFERENCES p(id), p_name TEXT REFERENCES p(name), gone INT REFERENCES nowhere(id)); INSERT INTO p(id, name, code, n) VALUES (1, 'Ana', 'x', 9); INSERT INTO c VALUES (1, 'abc', NULL, NULL);
		CREATE INDEX p_expr ON p(hex(code)); CREATE INDEX p_fine ON p(n + 1) WHERE n > 0; CREATE INDEX `+"`"+strings.Repeat("long", 20)+"`"+` ON p(n);
		CREATE VIEW fine AS SELECT name, count(*) AS Total FROM p WHERE n == 9 GROUP BY name; CREATE VIEW loose AS SELECT id, name, count(*) FROM p; CREATE VIEW no AS SELECT strftime('%Y', d) FROM p; CREATE TRIGGER tr AFTER INSERT ON p BEGIN UPDATE p SET n = 1; END;`)
	r := db.migrate(file, Choices{})
	var got []string
	for _, f := range r.Findings {
		got = append(got, strings.TrimSpace(string(f.Level)+" "+f.Place()+" "+f.Code))
	}
	equal(t, "remarks", strings.Join(got, "\n"), `warning p.name case_sensitive
		warning p.d rule_left
		info p.low computed
		warning p rule_left
		warning p rule_left
		warning p rule_left
		info p renamed
		warning c rule_left
		warning c rule_left
		warning c rule_left
		info fine view_tried
		warning loose view_left
		warning no view_left
		warning p trigger_left`)
	equal(t, "indexes", db.indexes("p"), `CREATE INDEX longlonglonglonglonglonglonglonglonglonglonglonglonglo_316a80df ON public.p USING btree (n)
		CREATE INDEX p_fine ON public.p USING btree (((n + 1))) WHERE (n > 0)
		CREATE UNIQUE INDEX p_lower_idx ON public.p USING btree (lower(name))
		CREATE UNIQUE INDEX p_pkey ON public.p USING btree (id)`)
	equal(t, "view", db.rows("SELECT name || ' ' || \"Total\" FROM fine"), "Ana 1")
}

func TestMisfitsStopADerivedSchemaToo(t *testing.T) {
	db := database(t, "")
	file := testdb.SQLite(t, `CREATE TABLE t(k TEXT PRIMARY KEY, n INT, ok BOOL); INSERT INTO t VALUES ('a', 'many', 5), (NULL, 1, 1)`)
	got := brief(db.examine(file, Choices{}), backup.Info)
	equal(t, "findings", strings.Join(got, "\n"), `blocker t.k null_value 1 [leave stop] k NULL → NULL
		blocker t.n not_number 1 [null leave stop] k a → many
		blocker t.ok not_boolean 1 [null leave stop] k a → 5`)
}
