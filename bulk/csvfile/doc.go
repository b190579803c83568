// Package csvfile reads CSV files as spreadsheets write them, for runs of
// package bulk.
//
// It reads UTF-8 and UTF-16 with a byte order mark, UTF-8 without one, the
// delimiters comma, semicolon and tab, a line such as "sep=;", and each kind of
// line end except a single CR. It keeps cells as they are: leading zeros and
// spaces stay. It refuses Windows-1252 without the option, and what would
// be guesswork: an unclosed quote, a line with another number of cells than the
// header, two columns with one name. Rows whose cells are all empty are skipped.
package csvfile
