// Package doctor holds what a check of an API measures and how its report is
// written: facts of a connection, the server's clock, latencies, what a failure
// means in words, and the lines of YAML that would make a contract true. It
// sends nothing, and keeps no value of a body.
package doctor
