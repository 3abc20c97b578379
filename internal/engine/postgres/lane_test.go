package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestConnectionsTakeWholeRowsInTurns(t *testing.T) {
	var rows []string
	for n := range 3000 {
		filler := n % 90
		if n%500 == 0 {
			filler = 400_000 // longer than all buffers
		}
		rows = append(rows, fmt.Sprint(n, strings.Repeat("x", filler)))
	}
	f := new(fill)
	f.read(io.NopCloser(strings.NewReader(strings.Join(rows, "\n") + "\n\\.\n\n\n")))
	var lanes sync.WaitGroup
	got := make([]string, 3)
	for i := range got {
		lanes.Go(func() {
			l, random := &lane{ctx: t.Context(), of: f}, rand.New(rand.NewPCG(1, uint64(i)))
			var read strings.Builder
			for {
				piece := make([]byte, 1+random.IntN(70_000))
				n, err := l.Read(piece)
				read.Write(piece[:n])
				if err != nil {
					if !errors.Is(err, io.EOF) || l.broken != nil {
						t.Errorf("ended with %v, %v", err, l.broken)
					}
					got[i] = read.String()
					return
				}
			}
		})
	}
	lanes.Wait()
	var all []string
	for i, one := range got {
		if one != "" && !strings.HasSuffix(one, "\n") {
			t.Errorf("lane %d ends within a row", i)
		}
		all = append(all, strings.Split(strings.TrimSuffix(one, "\n"), "\n")...)
	}
	all = slices.DeleteFunc(all, func(row string) bool { return row == "" })
	slices.Sort(all)
	slices.Sort(rows)
	if !slices.Equal(all, rows) {
		t.Errorf("%d rows arrived, or others than the %d that were sent", len(all), len(rows))
	}
	if f.sent.lines != int64(len(rows)) {
		t.Errorf("%d rows were summed up", f.sent.lines)
	}
}

// TestAConnectionThatWaitsForItsTurnStopsWithTheOthers: another one broke within a row.
func TestAConnectionThatWaitsForItsTurnStopsWithTheOthers(t *testing.T) {
	f := new(fill)
	f.read(io.NopCloser(strings.NewReader(strings.Repeat("x", 100) + "\n\\.\n")))
	ctx, stop := context.WithCancel(t.Context())
	first := &lane{ctx: ctx, of: f}
	if n, err := first.Read(make([]byte, 10)); n != 10 || err != nil || !first.mine {
		t.Fatal(n, err)
	}
	ended := make(chan error)
	go func() {
		_, err := (&lane{ctx: ctx, of: f}).Read(make([]byte, 10))
		ended <- err
	}()
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestRowsThatAreCutOffBreakEveryConnection(t *testing.T) {
	f := new(fill)
	f.read(io.NopCloser(strings.NewReader("1\n2\n")))
	for range 2 {
		l := &lane{ctx: t.Context(), of: f}
		if _, err := io.ReadAll(l); !errors.Is(err, errCut) || !errors.Is(l.broken, errCut) {
			t.Errorf("%v, %v", err, l.broken)
		}
	}
}
