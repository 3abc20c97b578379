package testdb

import (
	"fmt"
	"testing"
)

// Tablespace makes one in an empty folder, dropped when the test ends, and returns
// its name. What is in it has to be gone by then: databases that were made later are.
func (c *Cluster) Tablespace(t testing.TB, folder string) string {
	t.Helper()
	if err := give(folder); err != nil {
		t.Fatalf("give %s to the server: %v", folder, err)
	}
	name := fmt.Sprintf("space_%d", c.serial.Add(1))
	admin := c.URL(Superuser, Password, "postgres")
	Exec(t, admin, fmt.Sprintf("CREATE TABLESPACE %s LOCATION %s", name, literal(folder)))
	t.Cleanup(func() { Exec(t, admin, "DROP TABLESPACE "+name) })
	return name
}
