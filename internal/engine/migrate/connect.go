package migrate

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// goodbye is how long ending a connection may take.
const goodbye = 10 * time.Second

// connect opens a connection. When its context is done the statement is
// cancelled at the server, which otherwise would go on and keep its locks.
func connect(ctx context.Context, t backup.Target) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(t.URL)
	if err != nil {
		return nil, errs.New(errs.Invalid, "target.url", nil) // err would repeat the URL
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "cofre"
	}
	config.RuntimeParams["client_encoding"] = "UTF8"
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: goodbye}
	}
	if t.SSH.Used() { // names are looked up by the computer that the server is reached through
		config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
		config.DialFunc = func(ctx context.Context, _, to string) (net.Conn, error) { return t.Tunnels.Dial(ctx, t.SSH, to) }
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	var tunnel *errs.Error
	if errors.As(err, &tunnel) {
		return nil, tunnel
	}
	if err != nil {
		problem := errs.New(errs.Unavailable, "migrate.connect", errs.Args{"place": t.Place()}).Because(err)
		var said *pgconn.PgError
		if errors.As(err, &said) { // it answered, and says why not
			problem = problem.With(said.Message)
		}
		return nil, problem
	}
	return conn, nil
}
