//go:build !unix

package sqlite

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

const errQuota = syscall.EDQUOT

func errnoName(errno syscall.Errno) string { return "errno " + strconv.Itoa(int(errno)) }

type fileState struct{ info fs.FileInfo }

func (s *fileState) read(path string) (err error) {
	s.info, err = os.Stat(path)
	return err
}

func (s *fileState) isSame(other *fileState) bool { return os.SameFile(s.info, other.info) }

func (s *fileState) size() int64 { return s.info.Size() }

// links is not known here. An open file cannot be removed.
func (*fileState) links() uint64 { return 1 }

// checkWritable leaves the check to SQLite, whose first write fails.
func checkWritable(string, string) error { return nil }

// checkReadable leaves the check to SQLite.
func checkReadable(string, string) error { return nil }
