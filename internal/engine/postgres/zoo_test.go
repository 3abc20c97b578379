package postgres

import "cofre/internal/testdb"

const zoo = testdb.Zoo
