// Package sandboxserver serves an emulated API on a port of this machine, with
// the control API of package control beside it. The commands bardge-sandbox and
// bardge sandbox are small programs over it.
package sandboxserver
