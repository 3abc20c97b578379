package platform

import (
	"path/filepath"
	"slices"
	"testing"

	"cofre/internal/errs"
)

func TestRevealOfAMissingFileIsNotFound(t *testing.T) {
	if err := Reveal(filepath.Join(t.TempDir(), "gone")); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestTheFileManagerGetsThePathAsOneArgument(t *testing.T) {
	path := filepath.Join(t.TempDir(), `a "b" $(c); d.dump`)
	if args := fileManager(path, true).Args; len(args) > 1 && !slices.Contains(args, path) {
		t.Errorf("the arguments are %q", args)
	}
}
