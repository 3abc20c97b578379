package postgres

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// serving answers each connection with answer and closes it. It returns host:port.
func serving(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			answer(conn)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// saying is a server that has only one thing to say.
func saying(t *testing.T, code string) string {
	return serving(t, func(conn net.Conn) {
		server := pgproto3.NewBackend(conn, conn)
		if _, err := server.ReceiveStartupMessage(); err != nil {
			return
		}
		server.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "o servidor diz não"})
		server.Flush()
	})
}

func TestAServerThatSaysNoIsWordedInAnyLanguage(t *testing.T) {
	for code, reason := range map[string]string{"57P03": "postgres.starting", "53300": "postgres.too_many", "28P01": "postgres.password", "3D000": "postgres.no_database", "XX000": "postgres.no_answer"} {
		_, err := open(t.Context(), target("postgres://u:p@"+saying(t, code)+"/d?sslmode=disable"))
		if got := errs.Of(err).Reason; got != reason {
			t.Errorf("%s: %v, want %s", code, err, reason)
		}
	}
}

func TestACertificateOfSomebodyElseIsRefused(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"elsewhere.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	own := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	encrypted := serving(t, func(conn net.Conn) {
		server := pgproto3.NewBackend(conn, conn)
		if _, err := server.ReceiveStartupMessage(); err != nil {
			return
		}
		conn.Write([]byte("S"))
		tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{own}}).Handshake()
	})
	_, err = open(t.Context(), target("postgres://u:p@"+encrypted+"/d?sslmode=verify-full"))
	wantReason(t, err, errs.Denied, "postgres.certificate")
	garbled := serving(t, func(conn net.Conn) {
		pgproto3.NewBackend(conn, conn).ReceiveStartupMessage()
		conn.Write([]byte("SSH-2.0-OpenSSH\r\n"))
	})
	_, err = open(t.Context(), target("postgres://u:p@"+garbled+"/d?sslmode=require"))
	wantReason(t, err, errs.Unavailable, "postgres.tls")
}

func TestEachTroubleOfAServerHasItsOwnWords(t *testing.T) {
	c := testdb.Postgres(t)
	s, err := open(t.Context(), target(c.Database(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	for _, c := range []struct {
		said   pgconn.PgError
		code   errs.Code
		reason string
	}{
		{pgconn.PgError{Code: "42501"}, errs.Denied, "postgres.rights"},
		{pgconn.PgError{Code: "55P03"}, errs.Busy, "postgres.locked"},
		{pgconn.PgError{Code: "40P01"}, errs.Busy, "postgres.locked"},
		{pgconn.PgError{Code: "25006"}, errs.Denied, "postgres.read_only"},
		{pgconn.PgError{Code: "53100"}, errs.Unavailable, "postgres.server_full"},
		{pgconn.PgError{Code: "53200", Hint: "You might need to increase max_locks_per_transaction."}, errs.Unavailable, "postgres.locks_exhausted"},
		{pgconn.PgError{Code: "53200"}, errs.Unavailable, "postgres.server_resources"},
		{pgconn.PgError{Code: "57014"}, errs.Unavailable, "postgres.interrupted"},
		{pgconn.PgError{Code: "57P01"}, errs.Unavailable, "postgres.lost"},
		{pgconn.PgError{Code: "XX001"}, errs.Corrupt, "postgres.server_damage"},
		{pgconn.PgError{Code: "42601"}, errs.Internal, "postgres.statement"},
	} {
		wantReason(t, s.problem(t.Context(), fmt.Errorf("ask: %w", &c.said)), c.code, c.reason)
	}
	worded := errs.New(errs.Busy, "postgres.restoring", nil)
	if got := s.problem(t.Context(), worded); !errors.Is(got, worded) {
		t.Errorf("an error that has words: %v", got)
	}
}

func TestASessionThatIsEndedIsLost(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	s, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	testdb.Exec(t, url, fmt.Sprintf("SELECT pg_terminate_backend(%d)", s.PgConn().PID()))
	_, err = s.text(t.Context(), "SELECT 'a'")
	wantReason(t, s.problem(t.Context(), err), errs.Unavailable, "postgres.lost")
}
