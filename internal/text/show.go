package text

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Number returns n grouped as the language does it: 48,312 · 48.312.
func (p *Printer) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "\u2212", digits[1:]
	}
	first := (len(digits)-1)%3 + 1
	var b strings.Builder
	b.WriteString(sign + digits[:first])
	for i := first; i < len(digits); i += 3 {
		b.WriteString(p.group() + digits[i:i+3])
	}
	return b.String()
}

// Difference returns n with its sign: +7, −214; 0 without one.
func (p *Printer) Difference(n int64) string {
	if n > 0 {
		return "+" + p.Number(n)
	}
	return p.Number(n)
}

// decimal shows a whole number as Number does, any other with at most one digit.
func (p *Printer) decimal(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1<<63 {
		return p.Number(int64(n))
	}
	return p.point(strconv.FormatFloat(n, 'f', 1, 64))
}

// Size returns bytes in decimal units, with one digit under 100: 8.6 MB, 212 GB.
func (p *Printer) Size(bytes int64) string {
	if bytes < 0 {
		return unknown
	}
	if bytes < 1000 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	n, unit := float64(bytes)/1000, 0
	for n >= 999.5 && unit < len(units)-1 {
		n, unit = n/1000, unit+1
	}
	digits := 1
	if n >= 99.95 {
		digits = 0
	}
	return p.point(strconv.FormatFloat(n, 'f', digits, 64)) + " " + units[unit]
}

// Duration returns a time that was measured: 0.4 s, 19 s, 2 min 05 s, 1 h 05 min.
func (p *Printer) Duration(d time.Duration) string {
	d = max(0, d)
	switch {
	case d < 9950*time.Millisecond:
		return p.point(strconv.FormatFloat(d.Seconds(), 'f', 1, 64)) + " s"
	case d < 59500*time.Millisecond:
		return strconv.Itoa(int(d.Round(time.Second).Seconds())) + " s"
	case d < time.Hour-500*time.Millisecond:
		s := int(d.Round(time.Second).Seconds())
		return fmt.Sprintf("%d min %02d s", s/60, s%60)
	}
	m := int(d.Round(time.Minute).Minutes())
	return fmt.Sprintf("%d h %02d min", m/60, m%60)
}

// Estimate returns a time that is expected: "under 1 s", "about 20 s".
func (p *Printer) Estimate(d time.Duration) string {
	if d < time.Second {
		return p.T("show.under_1s", nil)
	}
	d = d.Round(time.Second)
	if d < 10*time.Second {
		return p.T("show.about", map[string]any{"time": strconv.Itoa(int(d.Seconds())) + " s"})
	}
	return p.T("show.about", map[string]any{"time": p.Duration(d)})
}

// point writes a decimal number of strconv with the language's sign.
func (p *Printer) point(s string) string {
	if p.lang == Portuguese {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

func (p *Printer) group() string {
	if p.lang == Portuguese {
		return "."
	}
	return ","
}
