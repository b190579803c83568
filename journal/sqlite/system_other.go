//go:build !unix

package sqlite

import (
	"io/fs"
	"strconv"
	"syscall"
)

const errQuota = syscall.EDQUOT

func errnoName(errno syscall.Errno) string { return "errno " + strconv.Itoa(int(errno)) }

// links is not known here. An open file cannot be removed.
func links(fs.FileInfo) uint64 { return 1 }

// checkWritable leaves it to SQLite, whose first write fails.
func checkWritable(string, string) error { return nil }
