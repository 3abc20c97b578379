package appsettings

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// here keeps what this machine says of PostgreSQL out of the tests.
func here(t testing.TB) {
	for _, name := range []string{"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGHOSTADDR", "PGSERVICE"} {
		t.Setenv(name, "")
	}
	file := filepath.Join(t.TempDir(), "services")
	if err := os.WriteFile(file, []byte("[books]\nhost=books.example\ndbname=shelf\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGSERVICEFILE", file)
}

// shown is what was found, in one line.
func shown(f Found) string {
	c := f.Connection
	s := fmt.Sprintf("%s %s@%s:%d/%s pw=%s tls=%s", c.Kind, c.User, c.Host, c.Port, c.Database, f.Password, c.TLS)
	if c.Kind == backup.SQLite {
		s = "sqlite " + c.Path
	}
	if len(c.Params) > 0 {
		s += fmt.Sprint(" ", c.Params)
	}
	if len(f.Open) > 0 {
		s += fmt.Sprint(" open ", f.Open)
	}
	if len(f.Ignored) > 0 {
		s += fmt.Sprint(" ignored ", f.Ignored)
	}
	return s
}

func TestWhatPeopleHaveAtHandIsRead(t *testing.T) {
	here(t)
	const shop = "postgresql ann@db.example:5433/shop pw=s3cr3t tls="
	for name, c := range map[string]struct{ text, want string }{
		"a URL":                     {"postgres://ann:s3cr3t@db.example:5433/shop", shop},
		"with blanks around":        {"  \r\n postgresql://ann:s3cr3t@db.example:5433/shop \r\n", shop},
		"percent-encoded":           {"postgres://ann:p%40ss%2Fw%25@db.example/shop", "postgresql ann@db.example:0/shop pw=p@ss/w% tls="},
		"with options":              {"postgres://ann:s3cr3t@db.example:5433/shop?sslmode=verify-full&options=-csearch_path%3Dapp&schema=public", shop + "verify-full map[options:-csearch_path=app] ignored [schema]"},
		"of SQLAlchemy":             {"postgresql+psycopg2://ann:s3cr3t@db.example:5433/shop", shop},
		"of JDBC":                   {"jdbc:postgresql://db.example:5433/shop?user=ann&password=s3cr3t&ssl=true", shop + "require"},
		"of PostGIS":                {"postgis://ann:s3cr3t@db.example:5433/shop", shop},
		"SQLite":                    {"sqlite:////srv/shop.db?timeout=5", "sqlite /srv/shop.db"},
		"SQLite, relative":          {"sqlite:///data/no%20such.db", "sqlite /home/ann/app/data/no such.db"},
		"a path":                    {"/srv/shop.db", "sqlite /srv/shop.db"},
		"a name of a file":          {"shop.sqlite3", "sqlite /home/ann/app/shop.sqlite3"},
		"a service":                 {"books", "postgresql @:0/shelf pw= tls= map[service:books]"},
		"a section of services":     {"[shop]\nhost=db.example\nport=5433\ndbname=shop\nuser=ann\npassword=s3cr3t\n[other]\nhost=x", shop},
		"a connection string":       {`host=db.example port = 5433 dbname='shop' user=ann password='s3cr3t' connect_timeout=5`, shop + " map[connect_timeout:5]"},
		"with escapes":              {`host=db.example dbname=shop user=ann password='it\'s \\ me'`, `postgresql ann@db.example:0/shop pw=it's \ me tls=`},
		"a line of .env":            {"DATABASE_URL=postgres://ann:s3cr3t@db.example:5433/shop", shop},
		"exported, quoted, BOM":     {"\ufeff# ours\r\nexport DATABASE_URL=\"postgres://ann:s3cr3t@db.example:5433/shop\" # here\r\nDEBUG=1\r\n", shop},
		"parts of .env":             {"DEBUG=1\nDB_ENGINE=django.db.backends.postgresql\nDB_NAME=shop\nDB_USER=ann\nDB_PASSWORD='s3cr3t'\nDB_HOST=db.example # the big one\nDB_PORT=5433\n", shop},
		"of the server's image":     {"POSTGRES_USER=ann\nPOSTGRES_PASSWORD=s3cr3t\nPOSTGRES_HOST=db.example\nPOSTGRES_PORT=5433\nPOSTGRES_DB=shop", shop},
		"without a database":        {"POSTGRES_USER=ann\nPOSTGRES_PASSWORD=s3cr3t", "postgresql ann@:0/ann pw=s3cr3t tls="},
		"of libpq":                  {"PGHOST=db.example\nPGPORT=5433\nPGDATABASE=shop\nPGUSER=ann\nPGPASSWORD=s3cr3t\nPGSSLMODE=require", shop + "require"},
		"of Laravel":                {"DB_CONNECTION=pgsql\nDB_HOST=db.example\nDB_PORT=5433\nDB_DATABASE=shop\nDB_USERNAME=ann\nDB_PASSWORD=\"s3cr3t\"", shop},
		"of Compose":                {"environment:\n  - POSTGRES_DB=shop\n  - POSTGRES_USER=ann\n  - POSTGRES_PASSWORD=s3cr3t\n", "postgresql ann@:0/shop pw=s3cr3t tls="},
		"of Compose, as a map":      {"services:\n  db:\n    environment:\n      POSTGRES_DB: shop\n      POSTGRES_USER: ann\n      POSTGRES_PASSWORD: 's3cr3t'\n", "postgresql ann@:0/shop pw=s3cr3t tls="},
		"references":                {"U=ann\nDB_PW='s3cr3t'\nDATABASE_URL=postgres://${U}:${DB_PW}@db.example:${PORT:-5433}/shop", shop},
		"no references":             {"DB_NAME=shop\nDB_HOST=db.example\nDB_PORT=5433\nDB_USER=ann\nDB_PASSWORD='${U}$x'\nU=1", "postgresql ann@db.example:5433/shop pw=${U}$x tls="},
		"a value over lines":        {"NOTE=\"DB_NAME=trap\nDB_HOST=trap\"\nDB_NAME=shop\nDB_HOST=db.example\nDB_PORT=5433\nDB_USER=ann\nDB_PASSWORD=s3cr3t", shop},
		"two databases":             {"DB_NAME=shop\nDB_HOST=db.example\nDB_PORT=5433\nDB_USER=ann\nDB_PASSWORD=s3cr3t\nPGDATABASE=else\nPGSSLMODE=require", shop},
		"SQLite in .env":            {"DB_ENGINE=sqlite3\nDB_NAME=data/shop.sqlite3", "sqlite /home/ann/app/data/shop.sqlite3"},
		"other addresses beside it": {"REDIS_URL=redis://x\nDATABASE_URL=postgres://ann:s3cr3t@db.example:5433/shop", shop},
		"an address among words":    {"# production\npostgres://ann:s3cr3t@db.example:5433/shop\n", shop},
		"Django": {`
DATABASES = {  # see the wiki
    'replica': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'else'},
    "default": {
        'ENGINE': 'django.db.backends.postgresql',
        'NAME': "shop", # 'NAME': 'old',
        'USER': 'ann', 'PASSWORD': 's3cr3t',
        'HOST': os.environ.get('DB_HOST', 'db.example'),
        'PORT': 5433,
        'CONN_MAX_AGE': 60,
        'OPTIONS': {'sslmode': 'require', 'timeout': 3},
        'TEST': {'NAME': 'test_shop'},
    },
}
AUTH_USER_MODEL = 'x'
`, shop + "require"},
		"Django, its lines":           {"'NAME': 'shop',\n'USER': 'ann',\n'PASSWORD': 's3cr3t',\n'HOST': 'db.example',\n'PORT': '5433',", shop},
		"Django, one line":            {`DATABASES = {'default': {'NAME': 'shop', 'USER': 'ann', 'PASSWORD': 's3cr3t', 'HOST': 'db.example', 'PORT': '5433'}}`, shop},
		"Django, in pieces":           {`'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / 'db.sqlite3'}`, "sqlite /home/ann/app/db.sqlite3"},
		"Django, joined":              {`DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': os.path.join(BASE_DIR, 'data', 'db.sqlite3')}}`, "sqlite /home/ann/app/data/db.sqlite3"},
		"Django, by address":          {`DATABASES = {'default': dj_database_url.config(default='postgres://ann:s3cr3t@db.example:5433/shop', conn_max_age=600)}`, shop},
		"Django, from elsewhere":      {`DATABASES = {'default': {'NAME': 'shop', 'HOST': env('DB_HOST'), 'USER': os.environ['DB_USER'], 'PASSWORD': config("DB_PW")}}`, "postgresql @:0/shop pw= tls= open [DB_HOST DB_PW DB_USER]"},
		"settings beside an f-string": {`DATABASES = {'default': {'NAME': f'{x}', 'HOST': 'db.example', 'USER': 'ann'}}`, "postgresql ann@db.example:0/ann pw= tls="},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(c.text, "/home/ann/app")
			if got := shown(f); err != nil || got != c.want {
				t.Errorf("%s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestWhatIsNoDatabaseOfOursIsNamedAndNoPasswordRepeated(t *testing.T) {
	here(t)
	for text, want := range map[string]string{
		"":                                  "settings.empty",
		"\ufeff \n":                         "settings.empty",
		"just words of somebody":            "settings.nothing",
		"DEBUG=1\nSECRET_KEY=s3cr3t":        "settings.nothing",
		"mysql://ann:s3cr3t@db/shop":        "settings.other_engine",
		"mysql+pymysql://ann:s3cr3t@db/s":   "settings.other_engine",
		"DATABASE_URL=mongodb://u:s3cr3t@h": "settings.other_engine",
		"DB_CONNECTION=mariadb\nDB_HOST=db\nDB_PASSWORD=s3cr3t":                           "settings.other_engine",
		"MYSQL_DATABASE=shop\nMYSQL_PASSWORD=s3cr3t":                                      "settings.other_engine",
		"DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop'}}": "settings.other_engine",
		"DATABASES = {'default': env.db('DATABASE_URL')}":                                 "settings.elsewhere",
		"https://ann:s3cr3t@example/":                                                     "target.scheme",
		"sqlite://:memory:":                                                               "settings.memory",
		"postgres://ann:s3cr3t%zz@db/shop":                                                "target.url",
		"postgres://ann:s3cr3t@db/shop?host=other":                                        "target.twice",
		"host=db dbname=shop hostaddr=10.0.0.1 password=s3cr3t":                           "target.hostaddr",
		"host=db dbname=shop sslpassword=s3cr3t":                                          "target.secret_parameter",
		"DB_NAME=shop\nDB_HOST=db\nDB_PORT=s3cr3t":                                        "connection.port",
		"nobody":                     "target.service",
		"a\x00b":                     "settings.not_text",
		"\xff\xfe\xfd":               "settings.not_text",
		strings.Repeat("x", Limit+1): "settings.too_long",
	} {
		f, err := Read(text, "")
		e := errs.Of(err)
		if e == nil || e.Reason != want {
			t.Errorf("%.60q: %v %v, want %s", text, shown(f), err, want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%.60q: the error repeats the password: %v", text, err)
		}
	}
	if _, err := Read("DATABASE_URL=mariadb://u@h/d", ""); errs.Of(err).Args["engine"] != "MariaDB" {
		t.Errorf("the engine is not named: %v", errs.Of(err).Args)
	}
}

func TestAFileIsReadAsFarAsSettingsGo(t *testing.T) {
	here(t)
	folder := filepath.Join(t.TempDir(), "site", "site")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wide := []byte{0xff, 0xfe} // as Windows writes it
	for _, unit := range utf16.Encode([]rune("DATABASE_URL=postgres://ann@db/loja_são\r\n")) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	if f, err := ReadFile(write(".env", wide)); err != nil || f.Connection.Database != "loja_são" {
		t.Errorf("UTF-16: %+v, %v", f, err)
	}
	above := filepath.Join(filepath.Dir(folder), "db.sqlite3")
	if err := os.WriteFile(above, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	settings := write("settings.py", []byte("DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / 'db.sqlite3'}}"))
	if f, err := ReadFile(settings); err != nil || f.Connection.Path != above {
		t.Errorf("a file of the project: %+v, %v", f, err)
	}
	huge := write("huge", []byte("DATABASE_URL=postgres://ann@db/shop\n"))
	if err := os.Truncate(huge, 1<<30); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(huge); errs.Of(err).Reason != "settings.too_long" {
		t.Errorf("a gigabyte: %v", err)
	}
	if _, err := ReadFile(folder); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a folder: %v", err)
	}
	if _, err := ReadFile(filepath.Join(folder, "no such")); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("no file: %v", err)
	}
}

// FuzzRead holds that no text breaks the reader, and that an error has a reason and
// does not repeat what was read.
func FuzzRead(f *testing.F) {
	here(f)
	for _, seed := range []string{
		"postgres://ann:pw@db/shop?sslmode=require", "host=db dbname='a b' password='\\'", "export DB_NAME=\"x\nDB_HOST='", "DATABASES = {'default': {'NAME': f'x', 'OPTIONS': {{{[(",
		"A=${B}\nB=${A}\nDATABASE_URL=${A}", "[x]\nhost=y", "'ENGINE': '''", "\ufeff", "sqlite:///%", "- POSTGRES_DB: x", "books", "jdbc:postgresql://",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := Read(text, "/srv/app")
		switch e := errs.Of(err); {
		case err == nil && found.Connection.Kind == "":
			t.Error("nothing was found, and nothing said")
		case err != nil && (e == nil || e.Reason == "" || e.Code == errs.Internal):
			t.Errorf("an error without a reason: %v", err)
		}
	})
}

func TestAFileWithALoneLineNamesNoDatabase(t *testing.T) {
	for _, text := range []string{"<h1>Dear friend</h1>", "prod", "app.sqlite3"} {
		path := filepath.Join(t.TempDir(), "letter.html")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := ReadFile(path); err == nil {
			t.Errorf("%q is the connection %+v", text, f.Connection)
		}
	}
}
