// Package linear proves that a ref is an exactly-once register. Callers of two
// engines and a recoverer work on one journal, refs are reserved in
// transactions, and a person resolves and erases by the server's data, while
// the server, the journal, the clocks and the processes fail; Porcupine checks
// each history against the server's own log of executions. It is a module of
// its own, so that users' module graphs stay light.
//
// The flags -seeds, -histories and -seed choose how many histories are made,
// and from which seed. -html writes Porcupine's page of an illegal history.
package linear
