// Package powercut cuts the power under SQLite's journal. It records what the
// journal writes to the disk under load, builds the files that a power cut at
// any moment may leave behind, and compares what the journal finds in them with
// what it had acknowledged.
package powercut
