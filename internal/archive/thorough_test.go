package archive

import (
	"os"

	"cofre/internal/testdb"
)

// thorough says whether this is a run against many servers (make matrix), which
// takes the time for all that else only a part is tried of.
func thorough() bool { return os.Getenv(testdb.BinVariable) != "" }
