package archive

import (
	"bytes"
	"strings"
)

// lookAtText tells the SQL scripts of pg_dump and sqlite3 from other text, and
// text from what can't be read at all.
func lookAtText(head []byte) finding {
	if begins(head, "\xff\xfe") || begins(head, "\xfe\xff") {
		return no("archive.utf16", "") // what PowerShell makes of pg_dump > file
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if !isText(head) {
		return no("archive.unknown", "")
	}
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "-- PostgreSQL database dump":
			return found(PostgreSQL, FormatPlain)
		case line == "-- PostgreSQL database cluster dump":
			return no("archive.cluster_dump", "")
		case hasAnyPrefix(line, "-- MySQL dump", "-- MariaDB dump", "/*!40101 SET", "/*!999999\\-", "/*M!999999\\-", "-- phpMyAdmin SQL Dump"):
			return no("archive.mysql", "")
		case line == "PRAGMA foreign_keys=OFF;", line == "BEGIN TRANSACTION;":
			return found(SQLite, FormatPlain)
		case line == "" || hasAnyPrefix(line, "--", "/*"):
			continue // what comes before the first statement
		}
		break
	}
	return no("archive.unknown_text", "")
}

// isText says whether the bytes hold no control characters but those of text.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return false
		}
	}
	return true
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
