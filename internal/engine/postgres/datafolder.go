package postgres

import (
	"context"

	"cofre/internal/backup"
)

// DataFolder is where the server of t keeps its data, where that is on this machine and
// the role may know it; else "".
func (e *Engine) DataFolder(ctx context.Context, t backup.Target) (string, error) {
	s, err := open(ctx, t)
	if err != nil {
		return "", err
	}
	defer s.close(ctx)
	folder, err := s.dataFolder(ctx)
	return folder, s.problem(ctx, err)
}

func (s *session) dataFolder(ctx context.Context) (string, error) {
	if !s.where.here() {
		return "", nil
	}
	folders, err := s.text(ctx, "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'") // none for a role that may not know
	if err != nil || len(folders) != 1 {
		return "", err
	}
	return folders[0], nil
}
