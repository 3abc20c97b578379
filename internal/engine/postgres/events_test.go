package postgres

import (
	"fmt"
	"testing"
	"time"

	"cofre/internal/testdb"
)

// TestEventTriggersFireForNothingThatARestoreMakes: pg_restore makes them last, too.
// This one lets nobody make, change or drop anything.
func TestEventTriggersFireForNothingThatARestoreMakes(t *testing.T) {
	c := testdb.Postgres(t)
	for name, rows := range map[string]int{"one connection": 10, "several connections": 9000} {
		t.Run(name, func(t *testing.T) {
			of := target(c.Database(t))
			forgetSides(t, c, of)
			role := c.Role(t, "grantee", "")
			testdb.Exec(t, of.URL, fmt.Sprintf(`CREATE SCHEMA "s h"; CREATE TABLE "s h".t (id int PRIMARY KEY, v text); INSERT INTO "s h".t SELECT i, (SELECT string_agg(md5(i || ' ' || j), '') FROM generate_series(1, 10) j) FROM generate_series(1, %d) i;
				CREATE INDEX ON "s h".t (left(v, 20)); GRANT SELECT ON "s h".t TO %[2]s; ALTER TABLE "s h".t OWNER TO %[2]s; CREATE PUBLICATION p FOR TABLE "s h".t;
				CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''nobody may %%'', tg_tag; END';
				CREATE EVENT TRIGGER off ON ddl_command_end EXECUTE FUNCTION public.refuse(); ALTER EVENT TRIGGER off DISABLE;
				COMMENT ON EVENT TRIGGER off IS 'that''s off';
				CREATE EVENT TRIGGER "no one" ON ddl_command_start EXECUTE FUNCTION public.refuse()`, rows, quote(role)))
			const triggers = "SELECT evtname || evtenabled::text || evtowner::regrole || coalesce(obj_description(oid, 'pg_event_trigger'), '') FROM pg_event_trigger ORDER BY evtname"
			file, held := dump(t, of.URL)
			before := text(t, of.URL) + fmt.Sprint(testdb.Query(t, of.URL, triggers))
			testdb.Exec(t, of.URL, `DELETE FROM "s h".t`)
			if got := restored(t, of.URL, file); got.Rows() != held.Rows() {
				t.Errorf("restored were %v", got.Tables)
			}
			if got := text(t, of.URL) + fmt.Sprint(testdb.Query(t, of.URL, triggers)); got != before {
				t.Errorf("in one transaction:\n%s", difference(before, got))
			}
			testdb.Exec(t, of.URL, `DELETE FROM "s h".t`)
			names, _ := aside(t, of, file, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
			if got := text(t, of.URL) + fmt.Sprint(testdb.Query(t, of.URL, triggers)); got != before {
				t.Errorf("aside:\n%s", difference(before, got))
			}
			if err := new(Engine).DropAside(t.Context(), of, names.Before); err != nil {
				t.Error(err)
			}
		})
	}
}
