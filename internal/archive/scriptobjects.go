package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
)

// objects yields the large objects of a script of pg_dump.
func (r *scriptRecords) objects(ctx context.Context, yield func(LargeObject) error) error {
	for _, p := range r.parts[LargeObjects] {
		in := sqlTokens{r: bufio.NewReaderSize(r.section(ctx, p), 64<<10), escapes: r.escapes}
		if err := readObjects(&in, yield); err != nil {
			return r.damaged(LargeObjects, err)
		}
	}
	return ctx.Err()
}

// readObjects reads how pg_dump writes large objects: lo_open, lowrite as often as it
// takes, lo_close.
func readObjects(t *sqlTokens, yield func(LargeObject) error) error {
	sum, one, open := sha256.New(), LargeObject{}, false
	for {
		if err := t.next(); err != nil {
			return err
		}
		switch {
		case t.token.kind == endToken && open:
			return io.ErrUnexpectedEOF
		case t.token.kind == endToken:
			return nil
		case t.token.word("lo_open"):
			number, err := t.argument()
			if err != nil {
				return err
			}
			oid, wrong := strconv.ParseUint(string(number), 10, 32)
			if wrong != nil || open {
				return contradiction("%.20q is no large object that can be opened", number)
			}
			sum.Reset()
			one, open = LargeObject{OID: uint32(oid)}, true
		case t.token.word("lowrite"):
			digits, err := t.argument()
			if err != nil {
				return err
			}
			digits, ok := bytes.CutPrefix(digits, []byte(`\x`))
			n, wrong := hex.Decode(digits, digits)
			if !ok || wrong != nil || !open {
				return contradiction("a part of a large object: %v", wrong)
			}
			one.Bytes += int64(n)
			sum.Write(digits[:n])
		case t.token.word("lo_close"):
			one.SHA256, open = [sha256.Size]byte(sum.Sum(nil)), false
			if err := yield(one); err != nil {
				return err
			}
		}
	}
}

// argument is the first text between the parentheses that follow; it is used again
// with the next token.
func (t *sqlTokens) argument() ([]byte, error) {
	for {
		if err := t.next(); err != nil {
			return nil, err
		}
		switch {
		case t.token.kind == stringToken:
			return t.token.text, nil
		case t.token.kind == endToken:
			return nil, io.ErrUnexpectedEOF
		case t.token.sign(')'):
			return nil, contradiction("a text is missing")
		}
	}
}
