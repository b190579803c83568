// Package powercut cuts the power under SQLite's journal. A recorder in
// SQLite's VFS records each write, change of length, fsync and change of the
// directory, in one sequence with the journal's calls and their results. From
// it the tests build the files that a power cut at any moment may leave behind,
// open them in a child process, and compare what the journal finds with what it
// had acknowledged.
//
// The model of the disk: an fsync makes what it covers durable. Each other
// write survives or not, whole or in sectors of 512 or pages of 4096 bytes, in
// any order; lengths, names and removed files likewise, each by itself. A new
// name needs an fsync of its directory. The -shm may be missing or contain
// anything. A write in progress changes no other byte, or, on some disks,
// destroys the sectors at its ends, including durable data in them.
//
// The flags -powercut.seed, .images, .orders and .kills make longer runs:
//
//	go test ./crash/powercut -powercut.seed 7 -powercut.images 200
//
// The order of concurrent writes differs between runs with one seed. An image
// that fails is kept, and its path is printed.
package powercut
