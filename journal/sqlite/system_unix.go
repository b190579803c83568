//go:build unix

package sqlite

import (
	"errors"
	"io/fs"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

const errQuota = syscall.EDQUOT

func errnoName(errno syscall.Errno) string {
	if name := unix.ErrnoName(errno); name != "" {
		return "errno " + name
	}
	return "errno " + strconv.Itoa(int(errno))
}

// fileState is the system's data on a file. It is read around each commit, so
// it is the system's own structure, in place: os.Stat takes a quarter longer.
type fileState syscall.Stat_t

func (s *fileState) read(path string) error {
	for {
		if err := syscall.Stat(path, (*syscall.Stat_t)(s)); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func (s *fileState) isSame(other *fileState) bool { return s.Dev == other.Dev && s.Ino == other.Ino }

func (s *fileState) size() int64 { return s.Size }

func (s *fileState) links() uint64 { return uint64(s.Nlink) } //nolint:unconvert // its type differs between systems

// checkWritable returns why this process cannot write the file, or create files
// in its directory, as SQLite must.
func checkWritable(path, dir string) error {
	if err := unix.Access(path, unix.R_OK|unix.W_OK); err != nil {
		return err
	}
	return unix.Access(dir, unix.W_OK|unix.X_OK)
}

// checkReadable returns why this process cannot read the file and those that
// SQLite has made beside it. SQLite makes a -shm for a -wal that has none.
func checkReadable(path, dir string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := unix.Access(path+suffix, unix.R_OK)
		switch {
		case err == nil:
		case suffix == "" || !errors.Is(err, fs.ErrNotExist):
			return err
		case suffix == "-wal": // no process has the file open
			return nil
		default:
			return unix.Access(dir, unix.W_OK|unix.X_OK)
		}
	}
	return nil
}
