package sqlite

import (
	"sync"
	"testing"
)

// TestReadersInAnotherProcessSeeOldOrNew asks one question from another process again
// and again while the content goes in, in both ways of journalling.
func TestReadersInAnotherProcessSeeOldOrNew(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			old := made(t, "PRAGMA journal_mode = "+mode, wide)
			file, _ := dumped(t, made(t, "", wide+renew))
			const question = "SELECT group_concat(state || n) FROM (SELECT state, count(*) AS n FROM wide GROUP BY state);"
			p := startProgram(t, old.Path)
			p.do(".timeout 20000")
			over := make(chan struct{})
			seen := map[string]int{}
			var reading sync.WaitGroup
			reading.Go(func() {
				for {
					seen[p.do(question)]++
					select {
					case <-over:
						seen[p.do(question)]++
						return
					default:
					}
				}
			})
			restored(t, old, file)
			close(over)
			reading.Wait()
			if seen["new9000"] == 0 {
				t.Errorf("never the new content: %v", seen)
			}
			for answer, n := range seen {
				if answer != "old10000" && answer != "new9000" {
					t.Errorf("%d times neither: %q", n, answer)
				}
			}
			t.Log(seen)
		})
	}
}
