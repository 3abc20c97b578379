package migrate

import (
	"fmt"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// djangoFields is every field of Django: what its SQLite backend declares and
// stores, what its PostgreSQL backend declares, and what must arrive there.
var djangoFields = []struct{ field, lite, stored, postgres, want string }{
	{"auto", "integer", "7", "integer", "7"},
	{"big_auto", "integer", "9223372036854775807", "bigint", "9223372036854775807"},
	{"small_auto", "integer", "32767", "smallint", "32767"},
	{"big_integer", "bigint", "-9223372036854775808", "bigint", "-9223372036854775808"},
	{"binary", "BLOB", "x'00ff10'", "bytea", `\x00ff10`},
	{"boolean", "bool", "1", "boolean", "true"},
	{"boolean_false", "bool", "0", "boolean", "false"},
	{"char", "varchar(20)", "'Zoë 漢'", "varchar(20)", "Zoë 漢"},
	{"char_empty", "varchar(20)", "''", "varchar(20)", ""},
	{"comma_separated", "varchar(50)", "'1,2,3'", "varchar(50)", "1,2,3"},
	{"date", "date", "'2024-02-29'", "date", "2024-02-29"},
	{"char_padded", "varchar(20)", "'  x  '", "varchar(20)", "  x  "},
	{"date_early", "date", "'0001-01-01'", "date", "0001-01-01"},
	{"datetime", "datetime", "'2025-03-01 12:00:00.123456'", "timestamp with time zone", "2025-03-01 12:00:00.123456+00"},
	{"datetime_whole", "datetime", "'2025-03-01 12:00:00'", "timestamp with time zone", "2025-03-01 12:00:00+00"},
	{"datetime_early", "datetime", "'0001-01-01 00:00:00'", "timestamp with time zone", "0001-01-01 00:00:00+00"},
	{"datetime_late", "datetime", "'9999-12-31 23:59:59.999999'", "timestamp with time zone", "9999-12-31 23:59:59.999999+00"},
	{"decimal", "decimal", "10.1", "numeric(14,4)", "10.1000"},
	{"decimal_whole", "decimal", "12", "numeric(14,2)", "12.00"},
	{"decimal_text", "decimal", "'1234567890.1234'", "numeric(14,4)", "1234567890.1234"},
	{"decimal_negative", "decimal", "-0.05", "numeric(5,2)", "-0.05"},
	{"decimal_price", "decimal", "'19.99'", "numeric(12,2)", "19.99"},
	{"decimal_long", "decimal", "'123456789012.345'", "numeric(20,3)", "123456789012.345"},
	{"decimal_zero", "decimal", "'0.00'", "numeric(12,2)", "0.00"},
	{"decimal_whole_part", "decimal", "'9007199254740993'", "numeric(20,2)", "9007199254740993.00"},
	{"duration", "bigint", "93784000005", "interval", "26:03:04.000005"},
	{"duration_negative", "bigint", "-1500000", "interval", "-00:00:01.5"},
	{"duration_zero", "bigint", "0", "interval", "00:00:00"},
	{"duration_years", "bigint", "86399999999999999", "interval", "23999999:59:59.999999"},
	{"email", "varchar(254)", "'ana@example.org'", "varchar(254)", "ana@example.org"},
	{"file", "varchar(100)", "'notas/março.pdf'", "varchar(100)", "notas/março.pdf"},
	{"file_path", "varchar(100)", "'/srv/x'", "varchar(100)", "/srv/x"},
	{"float", "real", "0.1", "double precision", "0.1"},
	{"float_whole", "real", "5.0", "double precision", "5"},
	{"float_small", "real", "1e-300", "double precision", "1e-300"},
	{"generated", `integer GENERATED ALWAYS AS ("integer" + 1) STORED`, computed, `integer GENERATED ALWAYS AS ("integer" + 1) STORED`, "-2147483647"},
	{"generated_virtual", `varchar(40) GENERATED ALWAYS AS (UPPER("slug")) VIRTUAL`, computed, `varchar(40) GENERATED ALWAYS AS (UPPER("slug")) STORED`, "UM-DOIS"},
	{"image", "varchar(100)", "'a.png'", "varchar(100)", "a.png"},
	{"integer", "integer", "-2147483648", "integer", "-2147483648"},
	{"ip4", "char(39)", "'192.168.0.1'", "inet", "192.168.0.1/32"},
	{"ip6", "char(39)", "'2001:db8::1'", "inet", "2001:db8::1/128"},
	{"json", "text", `'{"a": [1, null, "ç"]}'`, "jsonb", `{"a": [1, null, "ç"]}`},
	{"json_checked", `text CHECK ((JSON_VALID("json_checked") OR "json_checked" IS NULL))`, `'[1.0, 1e2, "é", {}]'`, "jsonb", `[1.0, 100, "é", {}]`},
	{"json_text", "text", `'"x"'`, "jsonb", `"x"`},
	{"json_null", "text", `'null'`, "jsonb", "null"},
	{"ip_mapped", "char(39)", "'::ffff:10.10.10.10'", "inet", "::ffff:10.10.10.10/128"},
	{"order", "integer", "3", "integer", "3"}, // order_with_respect_to
	{"positive_big", `bigint unsigned CHECK ("positive_big" >= 0)`, "9223372036854775807", `bigint CHECK ("positive_big" >= 0)`, "9223372036854775807"},
	{"positive", `integer unsigned CHECK ("positive" >= 0)`, "2147483647", `integer CHECK ("positive" >= 0)`, "2147483647"},
	{"positive_zero", `integer unsigned CHECK ("positive_zero" >= 0)`, "0", `integer CHECK ("positive_zero" >= 0)`, "0"},
	{"positive_small", "smallint unsigned", "32767", "smallint", "32767"},
	{"slug", "varchar(50)", "'um-dois'", "varchar(50)", "um-dois"},
	{"small", "smallint", "-32768", "smallint", "-32768"},
	{"text_empty", "text", "''", "text", ""},
	{"text", "text", "'linha' || char(10) || 'duas'", "text", "linha\nduas"},
	{"time", "time", "'23:59:59.999999'", "time", "23:59:59.999999"},
	{"time_whole", "time", "'12:30:00'", "time", "12:30:00"},
	{"url", "varchar(200)", "'ftp://example.org/?a=1'", "varchar(200)", "ftp://example.org/?a=1"},
	{"uuid", "char(32)", "'a0eebc999c0b4ef8bb6d6bb9bd380a11'", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
	{"uuid_key", "char(32) UNIQUE", "'00000000000040008000000000000001'", "uuid UNIQUE", "00000000-0000-4000-8000-000000000001"},
	{"foreign_key", "bigint", "1", "bigint REFERENCES field", "1"},
	{"one_to_one", "integer", "1", "integer UNIQUE", "1"},
}

// computed is a field that no value is stored for.
const computed = ""

func TestEveryFieldOfDjangoArrives(t *testing.T) {
	var lite, postgres, names, stored []string
	for _, f := range djangoFields {
		lite = append(lite, fmt.Sprintf("%q %s", f.field, f.lite))
		postgres = append(postgres, fmt.Sprintf("%q %s", f.field, f.postgres))
		if f.stored != computed {
			names, stored = append(names, fmt.Sprintf("%q", f.field)), append(stored, f.stored)
		}
	}
	db := database(t, `CREATE TABLE field("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, `+strings.Join(postgres, ", ")+")")
	file := testdb.SQLite(t, `CREATE TABLE field("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, `+strings.Join(lite, ", ")+`);
		INSERT INTO field(id, `+strings.Join(names, ", ")+`) VALUES (1, `+strings.Join(stored, ", ")+`); INSERT INTO field(id) VALUES (2)`)
	if undecided := brief(db.examine(file, Choices{}), backup.Blocker); len(undecided) > 0 {
		t.Fatalf("what Django stores needs no decision:\n%s", strings.Join(undecided, "\n"))
	}
	db.migrate(file, Choices{})
	for _, f := range djangoFields {
		if got := db.rows(fmt.Sprintf(`SELECT %q::text FROM field WHERE id = 1`, f.field)); got != f.want {
			t.Errorf("%s: %s arrived as %q, want %q", f.field, f.stored, got, f.want)
		}
		if got := db.rows(fmt.Sprintf(`SELECT (%q IS NULL)::text FROM field WHERE id = 2`, f.field)); got != "true" {
			t.Errorf("%s: NULL arrived as something", f.field)
		}
	}
}

// djangoFile is what Django's SQLite backend makes of its own applications and of one with books: many-to-many
// fields to others and to itself, a one-to-one field, a generic relation.
const djangoFile = `
	CREATE TABLE "django_migrations"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
	CREATE TABLE "django_content_type"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
	CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type"("app_label", "model");
	CREATE TABLE "auth_permission"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type"("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
	CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission"("content_type_id", "codename");
	CREATE TABLE "auth_group"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
	CREATE TABLE "auth_group_permissions"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group"("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission"("id") DEFERRABLE INITIALLY DEFERRED);
	CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions"("group_id", "permission_id");
	CREATE TABLE "auth_user"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL,
		"is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
	CREATE TABLE "auth_user_groups"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user"("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group"("id") DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE "django_admin_log"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL,
		"content_type_id" integer NULL REFERENCES "django_content_type"("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user"("id") DEFERRABLE INITIALLY DEFERRED, "action_time" datetime NOT NULL);
	CREATE TABLE "django_session"("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
	CREATE TABLE "books_author"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(100) NOT NULL, "public_id" char(32) NOT NULL UNIQUE, "active" bool NULL);
	CREATE TABLE "books_author_knows"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "from_author_id" bigint NOT NULL REFERENCES "books_author"("id") DEFERRABLE INITIALLY DEFERRED, "to_author_id" bigint NOT NULL REFERENCES "books_author"("id") DEFERRABLE INITIALLY DEFERRED);
	CREATE UNIQUE INDEX "books_author_knows_from_author_id_to_author_id_1_uniq" ON "books_author_knows"("from_author_id", "to_author_id");
	CREATE TABLE "books_book"("isbn" varchar(13) NOT NULL PRIMARY KEY, "title" varchar(200) NOT NULL, "price" decimal NOT NULL, "length" bigint NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "sequel_id" varchar(13) NULL UNIQUE REFERENCES "books_book"("isbn") DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE "books_book_authors"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "book_id" varchar(13) NOT NULL REFERENCES "books_book"("isbn") DEFERRABLE INITIALLY DEFERRED, "author_id" bigint NOT NULL REFERENCES "books_author"("id") DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE "books_tag__old"("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type"("id") DEFERRABLE INITIALLY DEFERRED, "object__id" integer unsigned NOT NULL CHECK ("object__id" >= 0));
	INSERT INTO django_migrations(app, name, applied) VALUES ('contenttypes', '0001_initial', '2024-01-01 10:00:00.000001'), ('books', '0001_initial', '2024-01-02 10:00:00');
	INSERT INTO django_content_type VALUES (1, 'auth', 'user'), (7, 'books', 'book'), (9, 'books', 'author');
	INSERT INTO auth_permission VALUES (25, 7, 'add_book', 'Can add book'), (26, 9, 'add_author', 'Can add author');
	INSERT INTO auth_group VALUES (3, 'editors'); INSERT INTO auth_group_permissions VALUES (1, 3, 25), (2, 3, 26);
	INSERT INTO auth_user VALUES (2, 'pbkdf2_sha256$1$x$y', NULL, 1, 'ana', '', '', 1, 1, '2024-01-01 10:00:00', 'Ana'); INSERT INTO auth_user_groups VALUES (4, 2, 3);
	INSERT INTO django_admin_log VALUES (1, '978', 'Dom Casmurro', 1, '[{"added": {}}]', 7, 2, '2024-01-03 10:00:00.5');
	INSERT INTO django_session VALUES ('k', 'e30:x', '2024-02-01 10:00:00');
	INSERT INTO books_author VALUES (5, 'Machado', '00000000000040008000000000000005', NULL), (6, 'Clarice', '00000000000040008000000000000006', 0); DELETE FROM books_author WHERE id > 6;
	INSERT INTO books_author VALUES (40, 'gone', '00000000000040008000000000000040', 1); DELETE FROM books_author WHERE id = 40;
	INSERT INTO books_author_knows VALUES (1, 5, 6), (2, 6, 5);
	INSERT INTO books_book VALUES ('978', 'Dom Casmurro', 19.99, 90000000, '{"a": [1.50]}', '979'), ('979', 'Esaú', 5, NULL, 'null', NULL);
	INSERT INTO books_book_authors VALUES (8, '978', 5), (9, '979', 5); INSERT INTO books_tag__old VALUES (1, 9, 5);`

// djangoTables is what Django's PostgreSQL backend makes of the same models, with the rows that it fills in by
// itself: content types and permissions, under other numbers than in the file.
const djangoTables = `
	CREATE TABLE "django_migrations"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" timestamp with time zone NOT NULL);
	CREATE TABLE "django_content_type"("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL, UNIQUE("app_label", "model"));
	CREATE TABLE "auth_permission"("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(255) NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, UNIQUE("content_type_id", "codename"));
	CREATE TABLE "auth_group"("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(150) NOT NULL UNIQUE);
	CREATE INDEX "auth_group_name_a6ea08ec_like" ON "auth_group"("name" varchar_pattern_ops);
	CREATE TABLE "auth_group_permissions"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "group_id" integer NOT NULL REFERENCES "auth_group" DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" DEFERRABLE INITIALLY DEFERRED, UNIQUE("group_id", "permission_id"));
	CREATE TABLE "auth_user"("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "password" varchar(128) NOT NULL, "last_login" timestamp with time zone NULL, "is_superuser" boolean NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "first_name" varchar(150) NOT NULL, "last_name" varchar(150) NOT NULL,
		"email" varchar(254) NOT NULL, "is_staff" boolean NOT NULL, "is_active" boolean NOT NULL, "date_joined" timestamp with time zone NOT NULL);
	CREATE TABLE "auth_user_groups"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "user_id" integer NOT NULL REFERENCES "auth_user" DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE "django_admin_log"("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "action_time" timestamp with time zone NOT NULL, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL,
		"content_type_id" integer NULL REFERENCES "django_content_type" DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE "django_session"("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL);
	CREATE TABLE "books_author"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(100) NOT NULL, "public_id" uuid NOT NULL UNIQUE, "active" boolean NULL);
	CREATE TABLE "books_author_knows"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "from_author_id" bigint NOT NULL REFERENCES "books_author" DEFERRABLE INITIALLY DEFERRED, "to_author_id" bigint NOT NULL REFERENCES "books_author" DEFERRABLE INITIALLY DEFERRED, UNIQUE("from_author_id", "to_author_id"));
	CREATE TABLE "books_book"("isbn" varchar(13) NOT NULL PRIMARY KEY, "title" varchar(200) NOT NULL, "price" numeric(8, 2) NOT NULL, "length" interval NULL, "data" jsonb NOT NULL, "sequel_id" varchar(13) NULL UNIQUE REFERENCES "books_book" DEFERRABLE INITIALLY DEFERRED);
	CREATE INDEX "books_book_isbn_like" ON "books_book"("isbn" varchar_pattern_ops);
	CREATE TABLE "books_book_authors"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "book_id" varchar(13) NOT NULL REFERENCES "books_book" DEFERRABLE INITIALLY DEFERRED, "author_id" bigint NOT NULL REFERENCES "books_author" DEFERRABLE INITIALLY DEFERRED);
	CREATE TABLE "books_tag__old"("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "content_type_id" integer NOT NULL REFERENCES "django_content_type" DEFERRABLE INITIALLY DEFERRED, "object__id" integer NOT NULL CHECK ("object__id" >= 0));
	INSERT INTO django_migrations(app, name, applied) VALUES ('contenttypes', '0001_initial', now()), ('books', '0001_initial', now());
	INSERT INTO django_content_type(app_label, model) VALUES ('books', 'author'), ('books', 'book'), ('auth', 'user');
	INSERT INTO auth_permission(name, content_type_id, codename) VALUES ('Can add author', 1, 'add_author'), ('Can add book', 2, 'add_book');`

func TestADjangoProjectArrivesInTheTablesThatDjangoMade(t *testing.T) {
	db := database(t, djangoTables)
	structure := db.structure()
	if undecided := brief(db.examine(testdb.SQLite(t, djangoFile), Choices{}), backup.Blocker); len(undecided) > 0 {
		t.Fatalf("what Django stores needs no decision:\n%s", strings.Join(undecided, "\n"))
	}
	db.migrate(testdb.SQLite(t, djangoFile), Choices{})
	if now := db.structure(); now != structure {
		t.Errorf("the schema was\n%s\nand is\n%s", structure, now)
	}
	for _, c := range []struct{ query, want string }{
		{"SELECT concat_ws(' ', app, applied) FROM django_migrations ORDER BY id", "contenttypes 2024-01-01 10:00:00.000001+00\nbooks 2024-01-02 10:00:00+00"},
		{"SELECT concat_ws(' ', u.username, u.is_superuser, u.last_login, g.name, p.codename, c.model) FROM auth_user u JOIN auth_user_groups ug ON ug.user_id = u.id JOIN auth_group g ON g.id = ug.group_id" +
			" JOIN auth_group_permissions gp ON gp.group_id = g.id JOIN auth_permission p ON p.id = gp.permission_id JOIN django_content_type c ON c.id = p.content_type_id ORDER BY p.id", "ana t editors add_book book\nana t editors add_author author"},
		{"SELECT concat_ws(' ', l.action_time, l.change_message, c.model) FROM django_admin_log l JOIN django_content_type c ON c.id = l.content_type_id", "2024-01-03 10:00:00.5+00 [{\"added\": {}}] book"},
		{"SELECT concat_ws(' ', a.name, a.active, a.public_id, k.name) FROM books_author a JOIN books_author_knows ON from_author_id = a.id JOIN books_author k ON k.id = to_author_id ORDER BY a.id", "Machado 00000000-0000-4000-8000-000000000005 Clarice\nClarice f 00000000-0000-4000-8000-000000000006 Machado"},
		{"SELECT concat_ws(' ', b.isbn, b.price, b.length, b.data, s.title, a.name) FROM books_book b LEFT JOIN books_book s ON s.isbn = b.sequel_id JOIN books_book_authors ba ON ba.book_id = b.isbn JOIN books_author a ON a.id = ba.author_id ORDER BY 1", "978 19.99 00:01:30 {\"a\": [1.50]} Esaú Machado\n979 5.00 null Machado"},
		{"SELECT concat_ws(' ', model, object__id) FROM books_tag__old JOIN django_content_type c ON c.id = content_type_id", "author 5"},
		// AUTOINCREMENT remembers author 40, who is gone: no number is given twice.
		{"WITH one AS (INSERT INTO books_author(name, public_id) VALUES ('new', '00000000-0000-4000-8000-000000000041') RETURNING id) SELECT id::text FROM one", "41"},
		{"WITH one AS (INSERT INTO auth_permission(name, content_type_id, codename) VALUES ('x', 7, 'x') RETURNING id) SELECT id::text FROM one", "27"},
		{"WITH one AS (INSERT INTO books_book_authors(book_id, author_id) VALUES ('979', 6) RETURNING id) SELECT id::text FROM one", "10"},
	} {
		if got := db.rows(c.query); got != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.query, got, c.want)
		}
	}
}
