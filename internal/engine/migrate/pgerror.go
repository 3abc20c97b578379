package migrate

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"cofre/internal/errs"
)

// waited says whether an error is of a lock that others hold.
func waited(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "55P03" || pg.Code == "40P01") // lock_not_available, deadlock_detected
}

// fail gives an error of the server its code and reason. One that has them, and
// a cancelled context, stay as they are.
func fail(err error) error {
	if err == nil {
		return nil
	}
	var known *errs.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	var connect *pgconn.ConnectError
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if errors.As(err, &connect) || pgconn.SafeToRetry(err) {
			return errs.New(errs.Unavailable, "migrate.connect", nil).Because(err)
		}
		return errs.New(errs.Unavailable, "migrate.connection_lost", nil).Because(err)
	}
	args := errs.Args{"table": pg.TableName, "column": pg.ColumnName, "constraint": pg.ConstraintName}
	code, reason := errs.Internal, "migrate.server"
	switch pg.Code {
	case "55P03", "40P01":
		code, reason = errs.Busy, "migrate.locked"
	case "57014": // query_canceled
		code, reason = errs.Cancelled, "job.cancelled"
	case "42501": // insufficient_privilege
		code, reason = errs.Denied, "migrate.denied"
	case "53100", "53200", "53300": // disk_full, out_of_memory, too_many_connections
		code, reason = errs.Unavailable, "migrate.no_room"
	case "23505":
		code, reason = errs.Invalid, "migrate.key_twice"
	case "23503":
		code, reason = errs.Invalid, "migrate.key_nowhere"
	case "23502":
		code, reason = errs.Invalid, "migrate.null"
	case "23514", "23P01":
		code, reason = errs.Invalid, "migrate.check"
	default:
		switch pg.Code[:2] {
		case "22":
			code, reason = errs.Invalid, "migrate.value"
		case "28", "3D":
			code, reason = errs.Unavailable, "migrate.connect"
		case "08", "57":
			code, reason = errs.Unavailable, "migrate.connection_lost"
		}
	}
	return errs.New(code, reason, args).With(pg.Message).Because(err)
}
