package migrate

import (
	"slices"
	"testing"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/text"
)

func TestEveryFindingHasItsWords(t *testing.T) {
	var blocking, telling, quiet []string
	for k := range convert.Kinds {
		note := convert.Notes(1) << k
		switch {
		case note&convert.Asked != 0:
			blocking = append(blocking, note.Name())
		case note&convert.Told != 0:
			telling = append(telling, note.Name())
		default:
			quiet = append(quiet, note.Name())
		}
	}
	blocking = append(blocking, TableMissing, TableAmbiguous, TableVirtual, ColumnMissing, ColumnRequired, NullValue, Duplicate, Orphan, RowSecurity, NotOwner, MayNotCreate, derive.NameTooLong)
	telling = append(telling, Encoding, TableExtra, HistoryKept, derive.NotCarried, derive.Trigger, derive.ViewLeft, derive.CaseSensitive)
	quiet = append(quiet, TableMissing, TableAmbiguous, TableExtra, ColumnMissing, ColumnDefault, ColumnNull, ColumnComputed, CheckedByServer, derive.Widened, derive.ViewTried, derive.Renamed, derive.Computed)
	for _, language := range []text.Language{text.English, text.Portuguese} {
		p := text.For(language)
		need := func(key string) {
			if !p.Has(key) {
				t.Errorf("%s has no words for %q", language, key)
			}
		}
		for _, code := range slices.Concat(blocking, telling, quiet, []string{"names_differ"}) {
			need("finding." + code)
		}
		for _, code := range blocking {
			need("check.migrate.found." + code + ".message")
			need("error.migrate.found." + code + ".message")
		}
		for _, code := range telling {
			need("check.migrate.found." + code + ".message")
		}
		for _, code := range quiet {
			need("check.migrate.all." + code + ".message")
		}
	}
}
