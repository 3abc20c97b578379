package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

func TestABackupIsEncryptedAndReadAgainBeforeItCounts(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(key, []byte(identity.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("COFRE_PASSPHRASE", secretWords)
	for name, kind := range map[string]func(*testing.T) live{"sqlite": liveSQLite, "postgresql": livePostgres} {
		for how, c := range map[string]struct{ lock, open []string }{
			"a recipient":  {[]string{"--recipient", identity.Recipient().String()}, []string{"--identity", key}},
			"a passphrase": {[]string{"--encrypt", "--compress", "zstd"}, nil},
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				home, source, folder := t.TempDir(), kind(t), t.TempDir()
				before := source.names(t)
				made := read[struct{ ID, File, SHA256 string }](t, cofre(t, home, append([]string{"backup", "--db", source.url, "-o", folder, "--json"}, c.lock...)...).want(t, 0))
				if !strings.HasSuffix(made.File, ".age") {
					t.Errorf("it is called %s", made.File)
				}
				content, err := os.ReadFile(made.File)
				if err != nil || !strings.HasPrefix(string(content), "age-encryption.org/v1\n") || strings.Contains(string(content), "João") {
					t.Errorf("it is not encrypted: %.30q, %v", content, err)
				}
				var m struct {
					Encrypted bool   `json:"encrypted"`
					SHA256    string `json:"sha256"`
					Payload   string `json:"payload_sha256"`
				}
				if data, err := os.ReadFile(made.File + ".json"); err != nil || json.Unmarshal(data, &m) != nil || !m.Encrypted || m.SHA256 != made.SHA256 || m.Payload == "" || m.Payload == m.SHA256 {
					t.Errorf("its manifest says %+v, %v", m, err)
				}
				cofre(t, home, append(c.open, "verify", made.ID)...).want(t, 0)
				source.damage(t)
				cofre(t, home, append(c.open, "restore", made.ID, "--db", source.url, "--yes")...).want(t, 0)
				if now := source.names(t); now != before {
					t.Errorf("it holds %s, not %s", now, before)
				}
				if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
					t.Errorf("the folder holds %v, %v", entries, err)
				}
				holdsNothing(t, home, secretWords, identity.String())
			})
		}
	}
}

func TestABackupIsNotEncryptedForNobody(t *testing.T) {
	home, source, folder := t.TempDir(), liveSQLite(t), t.TempDir()
	cofre(t, home, "backup", "--db", source.url, "-o", folder, "--encrypt").want(t, 2)
	cofre(t, home, "backup", "--db", source.url, "-o", folder, "--recipient", "age1nobody").want(t, 2)
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}
