package convert_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// TestValuesArriveAsTheyMust sends every value that a codec accepts to a real
// server, in the form that a migration sends it, and looks at what has arrived;
// what comes back must be the very bytes that were sent.
func TestValuesArriveAsTheyMust(t *testing.T) {
	ctx := context.Background()
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN short AS varchar(3) NOT NULL")
	conn, helper := connect(t, url), connect(t, url)
	server := target.NewServer(ctx, helper)

	byType := map[string][]int{}
	var types []string
	for i, c := range values {
		if byType[c.typ] == nil {
			types = append(types, c.typ)
		}
		byType[c.typ] = append(byType[c.typ], i)
	}
	var ddl strings.Builder
	for n, typ := range types {
		fmt.Fprintf(&ddl, "CREATE TABLE t%d (i int, v %s); ", n, typ)
	}
	testdb.Exec(t, url, ddl.String())
	schema, err := target.Read(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	for n, typ := range types {
		var table *target.Table
		for _, x := range schema.Tables {
			if x.Name == fmt.Sprintf("t%d", n) {
				table = x
			}
		}
		codec := convert.For(table.Columns[1].Type, convert.Options{Server: server.Ask})
		rows := map[int][]byte{}
		for _, i := range byType[typ] {
			c := values[i]
			out, notes := codec.Append(nil, &c.in)
			if got := names(notes); got != c.notes {
				t.Errorf("%s %v %q: notes %q, want %q", typ, c.in.Class, c.in.String(), got, c.notes)
			}
			if notes&convert.Refusals != 0 {
				if c.want != refused || len(out) > 0 {
					t.Errorf("%s %q was refused (%d bytes)", typ, c.in.String(), len(out))
				}
				continue
			}
			if c.want == refused {
				t.Errorf("%s %q was not refused", typ, c.in.String())
				continue
			}
			rows[i] = out
		}
		copyIn(t, conn, table.SQL(), rows)
		got, err := conn.Query(ctx, "SELECT i, v::text, v FROM "+table.SQL(), pgx.QueryResultFormats{1, 0, 1})
		if err != nil {
			t.Fatal(err)
		}
		arrived := 0
		for got.Next() {
			raw := got.RawValues()
			i := int(binary.BigEndian.Uint32(raw[0]))
			if string(raw[1]) != values[i].want {
				t.Errorf("%s %q arrived as %q, want %q", typ, values[i].in.String(), raw[1], values[i].want)
			}
			if !bytes.Equal(raw[2], rows[i]) {
				t.Errorf("%s %q: sent %x, came back %x", typ, values[i].in.String(), rows[i], raw[2])
			}
			arrived++
		}
		if got.Err() != nil || arrived != len(rows) {
			t.Errorf("%s: %d of %d values arrived: %v", typ, arrived, len(rows), got.Err())
		}
	}
	if server.Err() != nil {
		t.Error(server.Err())
	}
}

// copyIn sends numbered values into a table of two columns.
func copyIn(t *testing.T, conn *pgx.Conn, table string, rows map[int][]byte) {
	t.Helper()
	b := []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for i, v := range rows {
		b = binary.BigEndian.AppendUint16(b, 2)
		b = binary.BigEndian.AppendUint32(b, 4)
		b = binary.BigEndian.AppendUint32(b, uint32(i))
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	if _, err := conn.PgConn().CopyFrom(context.Background(), bytes.NewReader(append(b, 0xff, 0xff)), "COPY "+table+" FROM STDIN BINARY"); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

// TestWhatIsAcceptedComesBackAsItWasSent bends the values of the table above at
// random: whatever a codec accepts, the server must accept and give back, byte
// for byte. That is what the proof of a migration rests on.
func TestWhatIsAcceptedComesBackAsItWasSent(t *testing.T) {
	ctx := context.Background()
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "CREATE TYPE mood AS ENUM ('sad', 'happy')")
	conn := connect(t, url)
	random := rand.New(rand.NewPCG(4, 2))
	for n, typ := range []string{"boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric", "numeric(14,4)", "numeric(5,5)", "numeric(1000,0)", "text", "varchar(7)", "char(7)", "bytea", "uuid",
		"date", "time", "time(3)", "timetz", "timestamp", "timestamp(2)", "timestamptz", "interval", "json", "jsonb", "inet", "cidr", "macaddr", "bit(3)", "varbit(9)", "mood", "integer[]", "text[]", "numeric(8,2)[]", "timestamptz[]"} {
		table := fmt.Sprintf("t%d", n)
		testdb.Exec(t, url, fmt.Sprintf("CREATE TABLE %s (i int, v %s)", table, typ))
		schema, err := target.Read(ctx, conn)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(schema.Tables, func(x *target.Table) bool { return x.Name == table })
		column := schema.Tables[i].Columns[1].Type
		codec := convert.For(column, convert.Options{})
		rows := map[int][]byte{}
		for i := range 4000 {
			v := bend(random, typ)
			if out, notes := codec.Append(nil, &v); notes&convert.Refusals == 0 {
				rows[i] = out
				convert.Show(column, out) // must not fall over whatever it is
			}
		}
		if len(rows) < 10 {
			t.Errorf("%s: only %d values were accepted", typ, len(rows))
		}
		copyIn(t, conn, table, rows)
		got, err := conn.Query(ctx, "SELECT i, v FROM "+table, pgx.QueryResultFormats{1, 1})
		if err != nil {
			t.Fatal(err)
		}
		for got.Next() {
			raw := got.RawValues()
			if sent := rows[int(binary.BigEndian.Uint32(raw[0]))]; !bytes.Equal(raw[1], sent) {
				t.Errorf("%s: sent %x, came back %x", typ, sent, raw[1])
			}
		}
		if got.Err() != nil {
			t.Errorf("%s: %v", typ, got.Err())
		}
	}
}

// bend makes a value of one of the table, mostly of the same type.
func bend(r *rand.Rand, typ string) source.Value {
	base, _, _ := strings.Cut(strings.TrimSuffix(typ, "[]"), "(")
	for {
		c := values[r.IntN(len(values))]
		if r.IntN(10) > 0 && !strings.HasPrefix(c.typ, base) || len(c.in.Bytes) > 1000 {
			continue
		}
		v := c.in
		switch v.Class {
		case source.Integer:
			v.Int = []int64{v.Int + int64(r.IntN(5)) - 2, r.Int64() >> r.IntN(64), -v.Int, 1700000000 + r.Int64N(1e9)}[r.IntN(4)]
		case source.Real:
			v.Real = []float64{v.Real * r.Float64(), math.Round(v.Real*r.Float64()*100) / 100, math.Float64frombits(r.Uint64()), -v.Real}[r.IntN(4)]
			if v.Real != v.Real {
				continue
			}
		default:
			b := bytes.Clone(v.Bytes)
			for range r.IntN(3) {
				at, with := r.IntN(len(b)+1), "0123456789.-+:eE TZ{}[],\"\\xyzç\x00\xff"
				c := with[r.IntN(len(with))]
				switch r.IntN(3) {
				case 0:
					b = slices.Insert(b, at, c)
				case 1:
					if at < len(b) {
						b[at] = c
					}
				case 2:
					b = slices.Delete(b, min(at, max(0, len(b)-1)), len(b))
				}
			}
			v.Bytes, v.Size = b, int64(len(b))
		}
		return v
	}
}

// TestNaiveTimesBelongToTheZoneThatWasChosen covers summer time, too.
func TestNaiveTimesBelongToTheZoneThatWasChosen(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Skip("no time zone database on this system")
	}
	for _, c := range []struct {
		oid  uint32
		in   source.Value
		want string
	}{
		{1184, text("2025-03-01 12:00:00"), "2025-03-01T15:00:00Z"},
		{1184, text("2018-12-01 12:00:00"), "2018-12-01T14:00:00Z"}, // summer time
		{1184, text("2025-03-01 12:00:00Z"), "2025-03-01T12:00:00Z"},
		{1114, text("2025-03-01 12:00:00Z"), "2025-03-01T09:00:00Z"},
		{1114, text("2025-03-01 12:00:00"), "2025-03-01T12:00:00Z"},
		{1114, integer(1734663600), "2024-12-20T00:00:00Z"},
	} {
		out, _ := convert.For(convert.Type{OID: c.oid, Mod: -1}, convert.Options{Zone: zone}).Append(nil, &c.in)
		got := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(int64(binary.BigEndian.Uint64(out))) * time.Microsecond)
		if got.Format(time.RFC3339) != c.want {
			t.Errorf("%s into %d: %s, want %s", c.in.String(), c.oid, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestLargeTextIsCheckedAcrossPieces(t *testing.T) {
	long := strings.Repeat("x", 64<<10-1)
	for _, c := range []struct {
		in   string
		want convert.Notes
	}{
		{long + "ção 🙂" + long, 0},
		{long + "\xe3" + long, convert.NotUTF8},
		{long + "x\xc3", convert.NotUTF8},
		{long + "é\x00", convert.NUL},
		{"", 0},
	} {
		got, err := convert.CheckText(strings.NewReader(c.in))
		if err != nil || got != c.want {
			t.Errorf("%d bytes: %q, %v; want %q", len(c.in), names(got), err, names(c.want))
		}
	}
}

func names(n convert.Notes) string {
	var list []string
	n.Each(func(one convert.Notes) { list = append(list, one.Name()) })
	return strings.Join(list, " ")
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.Exec(context.Background(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return conn
}
