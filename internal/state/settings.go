package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
)

// Settings are values under a key.
type Settings struct{ db *DB }

// Settings of this state.
func (db *DB) Settings() Settings { return Settings{db} }

// Load reads the value of key into into, a pointer; false, and into untouched,
// where there is none.
func (s Settings) Load(ctx context.Context, key string, into any) (bool, error) {
	var raw string
	err := s.db.sql.QueryRowContext(ctx, "SELECT value FROM settings WHERE key = ?", key).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), into)
	}
	return err == nil, s.db.fail("load setting "+key, err)
}

// Save writes the value of key, as JSON.
func (s Settings) Save(ctx context.Context, key string, value any) error {
	raw, err := json.Marshal(value)
	if err == nil {
		_, err = s.db.sql.ExecContext(ctx, "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", key, string(raw))
	}
	return s.db.fail("save setting "+key, err)
}
