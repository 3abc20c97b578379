package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cofre/internal/notify"
	"cofre/internal/state"
)

// hookOf is a server that writes down what it is told, and answers with status.
func hookOf(t *testing.T, status func() int) (url string, told func() []map[string]any) {
	t.Helper()
	var mu sync.Mutex
	var got []map[string]any
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		body := map[string]any{}
		_ = json.Unmarshal(raw, &body)
		mu.Lock()
		defer mu.Unlock()
		code := status()
		if code == http.StatusOK {
			got = append(got, body)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "taken "+r.URL.Path)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []map[string]any { mu.Lock(); defer mu.Unlock(); return append([]map[string]any{}, got...) }
}

// notified runs a command with the address of a webhook.
func notified(t *testing.T, home, url string, args ...string) answer {
	t.Helper()
	var out, errOut strings.Builder
	code := Run(t.Context(), append([]string{"--home", home, "--lang", "en"}, args...), Secrets{notifyURL: url, notifyKey: "signing-key"}, strings.NewReader(""), &out, &errOut)
	return answer{out: out.String(), err: errOut.String(), code: code}
}

func TestACommandTellsOfWhatItDidAndKeepsTheSecretsToItself(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	home, live := t.TempDir(), liveSQLite(t)
	status := http.StatusOK
	url, told := hookOf(t, func() int { return status })
	secret := url + "/services/very-secret-path"
	added := notified(t, home, secret, "notify", "add", "team", "--kind", "webhook", "--on", "success,failure", "--language", "pt-BR", "--json").want(t, 0)
	if strings.Contains(added.out, "very-secret") {
		t.Error(added.out)
	}
	if a := cofre(t, home, "notify", "test", "team").want(t, 0); !strings.Contains(a.out, "200 OK: taken /") || strings.Contains(a.out, "very-secret") {
		t.Errorf("the answer of the server: %q", a.out)
	}
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", live.url, "--json").want(t, 0))
	all := told()
	if len(all) != 2 || all[1]["event"] != "success" || all[1]["what"] != "backup" || !strings.Contains(all[1]["title"].(string), "com êxito") {
		t.Fatalf("%v", all)
	}
	if text := all[1]["lines"].([]any)[0].(string); !strings.Contains(text, made.ID) {
		t.Error(text)
	}
	if text := fmt.Sprint(all[1]["lines"]); !strings.Contains(text, "Iniciado na linha de comando por ") || strings.Contains(text, "cli:") { //nolint:misspell // Portuguese
		t.Error(text)
	}
	status = http.StatusBadGateway
	cofre(t, home, "backup", "--db", liveSQLite(t).url).want(t, 0) // the server is away: that is no reason for a job to fail
	st := read[struct {
		Undelivered []struct{ Channel, Event, State string }
	}](t, cofre(t, home, "status", "--db", live.url, "--json").want(t, 0))
	if len(st.Undelivered) != 1 || st.Undelivered[0].Channel != "team" || st.Undelivered[0].State != "waiting" {
		t.Errorf("%+v", st)
	}
	if a := cofre(t, home, "status", "--db", live.url).want(t, 0); !strings.Contains(a.out, "can't be delivered") {
		t.Error(a.out)
	}
	if a := cofre(t, home, "notify", "recent").want(t, 0); !strings.Contains(a.out, "waiting") || !strings.Contains(a.out, "502") {
		t.Error(a.out)
	}
	if a := cofre(t, home, "audit", "--json").want(t, 0); !strings.Contains(a.out, `"channel_added"`) || strings.Contains(a.out, "very-secret") {
		t.Error("the audit trail: " + a.out)
	}
	cofre(t, home, "notify", "remove", "team").want(t, 0)
	cofre(t, home, "notify", "test", "team").want(t, 10)
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, s := range []string{"very-secret", "signing-key"} {
			if strings.Contains(string(raw), s) {
				t.Errorf("%s holds a secret", path)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestASilenceIsToldByTheTimerOnceAndStatusSaysIt(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	home, live := t.TempDir(), liveSQLite(t)
	url, told := hookOf(t, func() int { return http.StatusOK })
	cofre(t, home, "schedule", "add", "nightly", "--db", live.url, "--when", "daily 03:00").want(t, 0)
	cofre(t, home, "schedule", "pause", "nightly").want(t, 0)
	cofre(t, home, "backup", "--db", live.url).want(t, 0)
	notified(t, home, url, "notify", "add", "team", "--kind", "webhook", "--on", "silence").want(t, 0)
	listed := read[struct{ Expected []struct{ Connection string } }](t, cofre(t, home, "notify", "list", "--json").want(t, 0))
	cofre(t, home, "notify", "expect", "--connection", listed.Expected[0].Connection, "--every", "1").want(t, 0)
	cofre(t, home, "schedule", "run").want(t, 0)
	// Two hours pass, in which the timer has seen half an hour ago that it is overdue.
	inState(t, home, func(db *state.DB) {
		all, err := db.Notices().Episodes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for key, e := range all {
			e.From, e.Set, e.Seen = e.From.Add(-2*time.Hour), e.Set.Add(-2*time.Hour), time.Now().Add(-40*time.Minute)
			if err := db.Notices().Episode(t.Context(), key, func(notify.Episode) (notify.Episode, []notify.Notice) { return e, nil }); err != nil {
				t.Fatal(err)
			}
		}
	})
	for range 3 {
		cofre(t, home, "schedule", "run").want(t, 0)
	}
	if all := told(); len(all) != 1 || all[0]["event"] != "silence" {
		t.Fatalf("%v", all)
	}
	st := read[struct {
		Databases []struct {
			Status, Reason string
			SilentSince    *time.Time `json:"silent_since"`
		}
	}](t, cofre(t, home, "status", "--json").want(t, 0))
	if d := st.Databases[0]; d.Status != "attention" || d.Reason != "silent" || d.SilentSince == nil {
		t.Errorf("%+v", d)
	}
	if a := cofre(t, home, "status", "--prometheus", "-").want(t, 0); !strings.Contains(a.out, "cofre_silent_since_timestamp_seconds{") {
		t.Error(a.out)
	}
	cofre(t, home, "backup", "--db", live.url).want(t, 0)
	cofre(t, home, "notify", "send").want(t, 0)
	if all := told(); len(all) != 2 || all[1]["event"] != "recovered" {
		t.Errorf("%v", all)
	}
}

func TestAScheduledRunThatNeverBecameAJobIsTold(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	home, live := t.TempDir(), liveSQLite(t)
	url, told := hookOf(t, func() int { return http.StatusOK })
	cofre(t, home, "schedule", "add", "practice", "--db", live.url, "--do", "verify", "--when", "daily 03:00").want(t, 0)
	since(t, home, 72*time.Hour)
	notified(t, home, url, "notify", "add", "team", "--kind", "webhook", "--on", "failure").want(t, 0)
	cofre(t, home, "schedule", "run").want(t, 10) // there is no backup to verify
	if all := told(); len(all) != 1 || all[0]["event"] != "failure" || all[0]["what"] != "verify" || !strings.Contains(fmt.Sprint(all[0]["lines"]), "Started by the schedule practice.") {
		t.Errorf("%v", all)
	}
}

func TestWhatIsWrongWithAChannelIsSaid(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	home := t.TempDir()
	for reason, args := range map[string][]string{
		"notify.kind":        {"--kind", "pigeon"},
		"notify.unprotected": {"--kind", "email", "--host", "smtp.example.com", "--security", "none", "--from", "a@example.com", "--to", "b@example.com"},
		"notify.event":       {"--kind", "desktop", "--on", "birthday"},
		"notify.url":         {"--kind", "ping"},
		"connection.unknown": {"--kind", "desktop", "--connection", "nobody"},
	} {
		a := cofre(t, home, append([]string{"notify", "add", "x", "--json"}, args...)...)
		if a.code != 2 && reason != "connection.unknown" || !strings.Contains(a.err, `"error"`) {
			t.Errorf("%s: exit %d, %s", reason, a.code, a.err)
		}
	}
	cofre(t, home, "notify", "add", "here", "--kind", "desktop").want(t, 0)
	cofre(t, home, "notify", "add", "HERE", "--kind", "desktop").want(t, 2)
	cofre(t, home, "notify", "expect", "--connection", "nobody", "--every", "3").want(t, 10)
}
