package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"github.com/bardge/bardge-go/idem"
)

// identity knows which files are open, so that a journal notices when its path leads to
// others: SQLite goes on writing to files that nobody finds any more (J13).
type identity struct {
	files []openFile
}

type openFile struct {
	path string
	info fs.FileInfo
}

// identify remembers the files of an open journal: the file by the path that was given
// and by the one that it leads to, and the two that SQLite keeps beside it.
func identify(given, path string) (*identity, error) {
	id := &identity{}
	paths := []string{path, path + "-wal", path + "-shm"}
	if given != path {
		paths = append(paths, given)
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, replaced(err)
		}
		id.files = append(id.files, openFile{p, info})
	}
	return id, id.check()
}

// check reports whether the open files are those at their paths. It needs no lock, and
// opens nothing: a process that closes a file loses all its locks on it.
func (id *identity) check() error {
	for i, f := range id.files {
		now, err := os.Stat(f.path)
		switch {
		case err != nil:
			return replaced(err)
		case !os.SameFile(f.info, now):
			return errReplaced
		case now.Size() == 0 && f.info.Size() > 0 && i == 0: // it was overwritten: a journal is never empty
			return errReplaced
		case links(now) != 1: // another name would have a -wal of its own
			f := *errReplaced
			f.cause = &idem.JournalError{Cause: idem.CauseReplaced, Code: "links " + strconv.FormatUint(links(now), 10)}
			return &f
		}
	}
	return nil
}

// main is the journal's file.
func (id *identity) main() fs.FileInfo { return id.files[0].info }

// replaced is the error of a file that is not found at its path.
func replaced(err error) error {
	f := *explained(err)
	if errors.Is(err, fs.ErrNotExist) || f.cause.Cause == idem.CauseOther {
		f.cause = &idem.JournalError{Cause: idem.CauseReplaced, Code: f.cause.Code}
	}
	return &f
}
