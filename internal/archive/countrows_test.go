package archive

import (
	"strings"
	"testing"
	"testing/iotest"
)

func TestRowsOfCopyTextAreCountedToTheirEndMark(t *testing.T) {
	for text, want := range map[string]int64{
		"\\.\n\n\n":                0,
		"\\.\n":                    0,
		"a\tb\n\\.\n\n\n":          1,
		"\n\n\n\\.\n\n\n":          3, // of a table without columns
		"\\\\.\n\\.\n\n\n":         1, // a row that is \.
		"a\\nb\nc\\\\.\n\\.\n\n\n": 2,
		strings.Repeat("x\n", 400_000) + "\\.\n\n\n":                                 400_000,
		strings.Repeat("x", 1<<20) + "\n" + strings.Repeat("y", 300_000) + "\n\\.\n": 2,
		"":                -1,
		"a\n":             -1,
		"a\n\\.":          -1,
		"a\\.\n\n\n":      -1,
		"a\n\\.\n\n\nb\n": -1,
	} {
		for name, r := range map[string]*strings.Reader{"whole": strings.NewReader(text), "bytes": strings.NewReader(text)} {
			var got int64
			var err error
			if name == "bytes" && len(text) < 100 {
				got, err = countCopy(iotest.OneByteReader(r))
			} else {
				got, err = countCopy(r)
			}
			if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
				t.Errorf("%.40q (%s): %d, %v; want %d", text, name, got, err, want)
			}
		}
	}
}

func TestRowsOfInsertsAreCounted(t *testing.T) {
	for text, want := range map[string]int64{
		"":   0,
		"\n": 0,
		"INSERT INTO public.t VALUES (1, 'a');\nINSERT INTO public.t VALUES (2, 'b');\n": 2,
		"INSERT INTO t (a, b) VALUES\n\t(1, '),('),\n\t(2, 'it''s; INSERT INTO t');\n":   2,
		"INSERT INTO t DEFAULT VALUES;": 1,
		"INSERT INTO t (id) OVERRIDING SYSTEM VALUE VALUES (1) ON CONFLICT DO NOTHING;": 1,
		"INSERT INTO t VALUES (1), (2) ON CONFLICT (id) DO NOTHING;":                    2,
		`INSERT INTO t VALUES (E'\'; (', B'01', now(), ARRAY[(1)], '\');`:               1,
		"INSERT INTO t VALUES (1": -1,
		"INSERT INTO t VALUES ('": -1,
		"DROP TABLE t;":           -1,
	} {
		got, err := countInserts(strings.NewReader(text), decoder{}, false)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%.60q: %d, %v; want %d", text, got, err, want)
		}
	}
	if n, err := countInserts(strings.NewReader(`INSERT INTO t VALUES ('\'; (');`), decoder{}, true); n != 1 || err != nil {
		t.Errorf("with backslashes that escape: %d, %v", n, err)
	}
}
