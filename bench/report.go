package main

import (
	"fmt"
	"io"
	"time"
)

// report prints a line as soon as it is known.
type report struct {
	out    io.Writer
	limits int // that were measured
	over   int // of them: that did not hold
}

func (r *report) title(format string, args ...any) {
	fmt.Fprintf(r.out, "\n"+format+"\n", args...)
	fmt.Fprintf(r.out, "  %-44s %10s %10s %8s %8s\n", "", "Cofre", "other", "ratio", "limit")
}

// ratio compares two times; without a limit (0) it only tells.
func (r *report) ratio(what string, cofre, other time.Duration, limit float64) {
	q := cofre.Seconds() / other.Seconds()
	r.line(what, seconds(cofre), seconds(other), fmt.Sprintf("%.2f", q), q, limit)
}

func (r *report) sizes(what string, cofre, other int64, limit float64) {
	q := float64(cofre) / float64(other)
	r.line(what, megabytes(cofre), megabytes(other), fmt.Sprintf("%.2f", q), q, limit)
}

// memory compares with a limit in megabytes.
func (r *report) memory(what string, peak int64, limit float64) {
	if peak == 0 {
		r.absent(what, "this system does not tell")
		return
	}
	r.line(what, megabytes(peak), "", "", float64(peak)/1e6, limit)
}

func (r *report) tell(what string, cofre time.Duration) {
	r.line(what, seconds(cofre), "", "", 0, 0)
}

func (r *report) absent(what, why string) {
	fmt.Fprintf(r.out, "  %-44s not measured: %s\n", what, why)
}

func (r *report) line(what, cofre, other, ratio string, value, limit float64) {
	bound, verdict := "", ""
	if limit > 0 {
		r.limits++
		bound, verdict = fmt.Sprintf("%.3g", limit), "  holds"
		if value > limit {
			verdict = "  OVER"
			r.over++
		}
	}
	fmt.Fprintf(r.out, "  %-44s %10s %10s %8s %8s%s\n", what, cofre, other, ratio, bound, verdict)
}

// end says how it went. A ratio that is over is told and no failure: the other
// programs of a machine can push one over, and a person reads this.
func (r *report) end() {
	fmt.Fprintf(r.out, "\n%d of %d limits hold.\n", r.limits-r.over, r.limits)
	if r.over > 0 {
		fmt.Fprintln(r.out, "On a busy machine, run it again alone and with more -runs.")
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
