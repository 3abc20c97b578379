package postgres

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// libpqOnly are the parameters of a connection URL that libpq acts on and that
// pgx would send to the server, which does not know them; with the first major
// of the client tools that accepts each.
var libpqOnly = map[string]int{
	"sslcrl": 12, "sslcrldir": 14, "sslcompression": 12, "requiressl": 12, "requirepeer": 12,
	"ssl_min_protocol_version": 13, "ssl_max_protocol_version": 13, "gssencmode": 12, "gsslib": 12, "gssdelegation": 17,
	"keepalives": 12, "keepalives_idle": 12, "keepalives_interval": 12, "keepalives_count": 12, "tcp_user_timeout": 12,
	"load_balance_hosts": 16, "client_encoding": 12, "fallback_application_name": 12, "replication": 12,
}

// both are the ones that pgx and libpq read alike. Who and where is not among
// them: the tools are told where pgx ended up.
var both = map[string]int{
	"sslmode": 12, "sslrootcert": 12, "sslcert": 12, "sslkey": 12, "sslsni": 14, "sslcertmode": 16, "sslnegotiation": 17,
	"channel_binding": 13, "require_auth": 16, "krbsrvname": 12, "connect_timeout": 12, "passfile": 12, "options": 12,
}

// unwanted are parameters that would change what the tools write.
var unwanted = []string{"client_encoding", "fallback_application_name", "replication", "load_balance_hosts"}

// address is where and as whom a session is connected. pg_dump has to reach the
// same server as the session whose snapshot it uses, though the URL may name
// several hosts and a name may have several addresses.
type address struct {
	host     string // name, or folder of the Unix socket
	ip       string // "" for a Unix socket
	port     string
	user     string
	password string
	database string
	query    url.Values // parameters of the URL and of its service

	tunnel *way // nil where the server is reached directly

	settled bool
	names   map[string]string // address to the name that it was looked up for
}

// configure reads t's URL, the libpq environment variables, the service file and
// the password file. The returned address is filled in while connecting.
func configure(t backup.Target) (*pgx.ConnConfig, *address, error) {
	query, err := t.Parameters()
	if err != nil {
		return nil, nil, err
	}
	config, err := pgx.ParseConfig(t.URL)
	if err != nil {
		return nil, nil, unusable(query)
	}
	for key := range libpqOnly {
		delete(config.RuntimeParams, key)
	}
	config.RuntimeParams["application_name"] = application
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // prepares nothing: works behind a connection pool
	config.BuildContextWatcherHandler = cancelling

	where := &address{user: config.User, password: config.Password, database: config.Database, query: query, names: map[string]string{}}
	if t.SSH.Used() {
		throughTunnel(config, where, t)
		return config, where, nil
	}
	look, dial := config.LookupFunc, config.DialFunc
	config.LookupFunc = func(ctx context.Context, host string) ([]string, error) {
		addresses, err := look(ctx, host)
		for _, ip := range addresses {
			where.names[ip] = host
		}
		return addresses, err
	}
	config.DialFunc = func(ctx context.Context, network, to string) (net.Conn, error) {
		conn, err := dial(ctx, network, to)
		if err == nil && !where.settled { // a later one carries a request to cancel
			where.reached(network, to)
		}
		return conn, err
	}
	return config, where, nil
}

// unusable says why a URL that can be read can't be used, of which pgx's words
// may hold the password: a file that it names is missing.
func unusable(query url.Values) error {
	for key, variable := range map[string]string{"sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"} {
		file := cmp.Or(query.Get(key), os.Getenv(variable))
		if file == "" || file == "system" {
			continue
		}
		if _, err := os.ReadFile(file); err != nil {
			return errs.New(errs.NotFound, "postgres.certificate_file", errs.Args{"path": file}).Because(err)
		}
	}
	return errs.New(errs.Invalid, "postgres.url", nil)
}

func (a *address) reached(network, to string) {
	if network == "unix" {
		a.host, a.ip = filepath.Dir(to), ""
		_, a.port, _ = strings.Cut(filepath.Base(to), ".s.PGSQL.")
		return
	}
	a.ip, a.port, _ = net.SplitHostPort(to)
	a.host = a.ip
	if name, ok := a.names[a.ip]; ok {
		a.host = name
	}
}

// settle fixes the address that was reached last.
func (a *address) settle() { a.settled = true }

// conninfo is the connection string for a client tool of a major version. It
// holds no password: that travels in the environment.
func (a *address) conninfo(major int, application string) string {
	ip, port := a.ip, a.port
	if a.tunnel != nil && a.tunnel.forward != nil { // the name stays the one that certificates are compared with
		ip, port = "127.0.0.1", a.tunnel.forward.Port()
	}
	pairs := [][2]string{{"host", a.host}, {"port", port}, {"user", a.user}, {"dbname", a.database}, {"application_name", application}}
	if ip != "" {
		pairs = append(pairs, [2]string{"hostaddr", ip})
	}
	for _, known := range []map[string]int{both, libpqOnly} {
		for key, since := range known {
			value := a.query.Get(key)
			if key == "sslrootcert" {
				value = a.authority(bundles)
			}
			if value != "" && major >= since && !slices.Contains(unwanted, key) {
				pairs = append(pairs, [2]string{key, value})
			}
		}
	}
	slices.SortFunc(pairs, func(x, y [2]string) int { return strings.Compare(x[0], y[0]) })
	var b strings.Builder
	for _, pair := range pairs {
		b.WriteString(pair[0] + "='" + escapes.Replace(pair[1]) + "' ")
	}
	return strings.TrimSpace(b.String())
}

var escapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)
