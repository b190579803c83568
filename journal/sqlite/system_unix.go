//go:build unix

package sqlite

import (
	"io/fs"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

const errQuota = syscall.EDQUOT

// errnoName is the errno's name with its kind.
func errnoName(errno syscall.Errno) string {
	if name := unix.ErrnoName(errno); name != "" {
		return "errno " + name
	}
	return "errno " + strconv.Itoa(int(errno))
}

// links is how many names a file has.
func links(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink) //nolint:unconvert // its type differs between systems
	}
	return 1
}

// checkWritable reports why this process cannot write the file, or make files in its
// directory, as SQLite must beside it.
func checkWritable(path, dir string) error {
	if err := unix.Access(path, unix.R_OK|unix.W_OK); err != nil {
		return err
	}
	return unix.Access(dir, unix.W_OK|unix.X_OK)
}
