package service

import "cofre/internal/job"

// InsideView is a backup that is looked into. ID names this look.
type InsideView struct {
	ID     string        `json:"id"`
	Tables []InsideTable `json:"tables"`
}

// InsideTable is one of its tables. Rows is -1 where they were not counted.
type InsideTable struct {
	Name    string         `json:"name"`
	Rows    int64          `json:"rows"`
	Columns []InsideColumn `json:"columns"`
	Key     []string       `json:"key"`
}

// InsideColumn is a column; Type is "" where the backup does not tell it.
type InsideColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// InsideRowsInput asks for rows of a table that a filter and a search mean.
type InsideRowsInput struct {
	ID    string `json:"id"`
	Table string `json:"table"`
	Where string `json:"where"`
	Find  string `json:"find"`
	From  int64  `json:"from"`
	Count int64  `json:"count"`
}

// InsideRowsView are those rows, as far as they have been read. Known is how many
// there are in all, as far as is known; Ended says that it is.
type InsideRowsView struct {
	Rows    []InsideRow  `json:"rows"`
	Known   int64        `json:"known"`
	Ended   bool         `json:"ended"`
	Cut     bool         `json:"cut"` // the table has more, for which there was no room
	Failure *job.Failure `json:"failure"`
}

// InsideRow is a row and its place in the table, from 0.
type InsideRow struct {
	Place int64        `json:"place"`
	Cells []InsideCell `json:"cells"`
}

// InsideCell is a value: null, text, number or blob. Text is cut where Bytes, the
// length of the whole, is more.
type InsideCell struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Bytes int64  `json:"bytes"`
}

// InsideValueInput names one value.
type InsideValueInput struct {
	ID     string `json:"id"`
	Table  string `json:"table"`
	Place  int64  `json:"place"`
	Column string `json:"column"`
}

// FindInsideInput asks for the rows in which a text is, behind those that are there
// already.
type FindInsideInput struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Have int64  `json:"have"`
}

// FoundView are such rows. Table is where the search is now; Failure names the tables
// that could not be read to the end.
type FoundView struct {
	Hits    []HitView    `json:"hits"`
	Table   string       `json:"table"`
	Ended   bool         `json:"ended"`
	More    bool         `json:"more"`
	Failure *job.Failure `json:"failure"`
}

// HitView is a row in which a text was found.
type HitView struct {
	Table   string `json:"table"`
	Place   int64  `json:"place"`
	Key     string `json:"key"`
	Column  string `json:"column"`
	Excerpt string `json:"excerpt"`
}
