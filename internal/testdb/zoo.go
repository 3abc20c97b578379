package testdb

// Zoo has one of every kind of thing that a PostgreSQL database of an application
// may hold, with names and texts that are easy to trip over. It runs on servers
// 12 and later, without extensions.
const Zoo = `
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS 'What''s sold; and to whom';
CREATE TYPE shop.mood AS ENUM ('sad', 'so-so', 'it''s fine');
CREATE TYPE shop.address AS (street text, number int);
CREATE DOMAIN shop.positive AS int CHECK (VALUE > 0);
CREATE TYPE shop.int_range AS RANGE (subtype = int4);
CREATE SEQUENCE shop.invoice_number START 1000 INCREMENT 7;
SELECT nextval('shop.invoice_number'), nextval('shop.invoice_number');

CREATE TABLE shop.customers (
	id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	mood shop.mood DEFAULT 'so-so',
	home shop.address,
	tags text[],
	span int4range,
	own_span shop.int_range,
	points shop.positive,
	shout text GENERATED ALWAYS AS (upper(name)) STORED,
	born date, seen timestamptz, pause interval, price numeric(12,2), ratio float8, flag boolean,
	doc jsonb, raw bytea, token uuid, ip inet, xml_like text
);
COMMENT ON COLUMN shop.customers.name IS E'line one\nline two; -- no comment\n\\connect nowhere';
INSERT INTO shop.customers (name, mood, home, tags, span, own_span, points, born, seen, pause, price, ratio, flag, doc, raw, token, ip)
SELECT 'Customer ' || n, 'it''s fine', row('Rua "A", ' || n, n)::shop.address, array['a', NULL, 'b,"c"'], int4range(n, n + 5), shop.int_range(1, 9), n,
	'2020-02-29', '2021-03-04 05:06:07.891011+02', '1 mon -3 days 04:05:06.7', n / 3.0, 'NaN', n % 2 = 0,
	jsonb_build_object('n', n, 'text', E'quote " backslash \\ tab \t'), decode('00ff5c0a', 'hex'), '00000000-0000-0000-0000-000000000001', '10.0.0.1/8'
FROM generate_series(1, 300) n;
INSERT INTO shop.customers (name) VALUES (E'COPY shop.customers (id) FROM stdin;\n\\.\nDROP TABLE shop.customers;'), (E'\\.'), (E'\\N'), (''), (E'tab\there\r\nand there');

CREATE TABLE shop.notes (id serial PRIMARY KEY, customer int NOT NULL REFERENCES shop.customers ON DELETE CASCADE, note text);
INSERT INTO shop.notes (customer, note) SELECT n, repeat('long note ', n) FROM generate_series(1, 50) n;
CREATE TABLE shop."Odd ""name""; --" ("a column" int, "select" text, "çã" text, "new
line" text, CHECK ("a column" > 0));
INSERT INTO shop."Odd ""name""; --" VALUES (1, 'x', 'ü', 'y');
CREATE TABLE shop.nothing ();
INSERT INTO shop.nothing DEFAULT VALUES;
CREATE TABLE shop.parent (n int);
CREATE TABLE shop.child (m int) INHERITS (shop.parent);
INSERT INTO shop.parent VALUES (1); INSERT INTO shop.child VALUES (2, 3), (4, 5);
CREATE UNLOGGED TABLE shop.scratch (n int);
INSERT INTO shop.scratch VALUES (1), (2);

CREATE TABLE shop.sales (at date NOT NULL, amount numeric, id bigint NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE shop.sales_2020 PARTITION OF shop.sales FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE shop.sales_2021 PARTITION OF shop.sales FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY HASH (id);
CREATE TABLE shop.sales_2021_0 PARTITION OF shop.sales_2021 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE shop.sales_2021_1 PARTITION OF shop.sales_2021 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON shop.sales (at);
INSERT INTO shop.sales SELECT '2020-06-01'::date + n, n, n FROM generate_series(1, 400) n;

CREATE FUNCTION shop.odd(a text DEFAULT 'x;y', VARIADIC more int[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
	-- a semicolon; and a quote ' and "another
	EXECUTE $q$ SELECT 'COMMIT; $$' $q$;
	RETURN E'\\connect nowhere;\n' || $x$
\! echo this is only text
\.
COPY shop.customers FROM stdin;
$x$;
END;
$body$;
CREATE FUNCTION shop.noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM 1; END';
CREATE FUNCTION shop.touched() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note = coalesce(NEW.note, ''); RETURN NEW; END$$;
CREATE PROCEDURE shop.work(n int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END';
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON shop.notes FOR EACH ROW WHEN (NEW.note IS NULL) EXECUTE FUNCTION shop.touched();
CREATE AGGREGATE shop.total(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE AGGREGATE shop.middle(ORDER BY anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = mode_final, finalfunc_extra);
CREATE FUNCTION shop.same(shop.mood, shop.mood) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::text = $2::text';
CREATE OPERATOR shop.~~~ (leftarg = shop.mood, rightarg = shop.mood, function = shop.same, commutator = OPERATOR(shop.~~~));
CREATE OPERATOR FAMILY shop.mood_family USING btree;
CREATE CAST (shop.address AS text) WITH INOUT;
CREATE COLLATION shop.plain FROM "C";
CREATE TEXT SEARCH DICTIONARY shop.words (TEMPLATE = simple, STOPWORDS = english);
CREATE TEXT SEARCH CONFIGURATION shop.search (COPY = simple);
CREATE CONVERSION shop.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE STATISTICS shop.names ON name, mood FROM shop.customers;

CREATE VIEW shop.happy AS SELECT id, name FROM shop.customers WHERE mood = 'it''s fine' WITH CHECK OPTION;
CREATE MATERIALIZED VIEW shop.per_mood AS SELECT mood, count(*) AS customers FROM shop.customers GROUP BY mood;
CREATE UNIQUE INDEX ON shop.per_mood (mood);
CREATE VIEW shop.over_materialized AS SELECT * FROM shop.per_mood;
CREATE RULE protect AS ON DELETE TO shop.happy DO INSTEAD (UPDATE shop.customers SET flag = false WHERE id = OLD.id; SELECT 1);
CREATE INDEX lower_name ON shop.customers (lower(name)) WHERE flag;
CREATE INDEX gin_tags ON shop.customers USING gin (tags);
ALTER TABLE shop.customers ADD CONSTRAINT apart EXCLUDE USING gist (span WITH =) WHERE (id < 0);
ALTER TABLE shop.customers CLUSTER ON customers_pkey;
ALTER TABLE shop.customers ALTER COLUMN name SET STATISTICS 500, REPLICA IDENTITY FULL;
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON shop.notes FOR SELECT USING (customer > 0);
CREATE EVENT TRIGGER notice ON ddl_command_end WHEN TAG IN ('CREATE SERVER') EXECUTE FUNCTION shop.noticed();
CREATE PUBLICATION everything FOR TABLE shop.customers;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far FOREIGN DATA WRAPPER nowhere OPTIONS (host 'there''s; none');
CREATE FOREIGN TABLE shop.distant (n int) SERVER far;
SELECT lo_from_bytea(4242, decode(repeat('00ff27', 20000), 'hex'));
COMMENT ON LARGE OBJECT 4242 IS 'a receipt';
`
