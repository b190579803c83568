package sqlite

import (
	"errors"
	"io/fs"
	"strconv"

	"github.com/bardge/bardge-go/journal"
)

// identity notices when the journal's path leads to other files: SQLite goes on
// writing to files that have been removed (J13).
type identity struct {
	files []openFile
	idle  *idle // of a file that is read while no process has it open; else nil
}

type openFile struct {
	path  string
	state fileState // when it was opened
}

// identify remembers the given path, its target, and SQLite's files beside it.
func identify(given, path string) (*identity, error) {
	id := &identity{}
	paths := []string{path, path + "-wal", path + "-shm"}
	if given != path {
		paths = append(paths, given)
	}
	for _, p := range paths {
		f := openFile{path: p}
		if err := f.state.read(p); err != nil {
			return nil, replaced(err)
		}
		id.files = append(id.files, f)
	}
	if err := id.check(); err != nil {
		return nil, err
	}
	return id, nil
}

// check fails unless the open files are the ones at their paths. It opens
// nothing: a process that closes a file loses all its locks on it.
func (id *identity) check() error {
	for i := range id.files {
		if err := id.files[i].check(i == 0); err != nil {
			return err
		}
	}
	if id.idle != nil {
		return id.idle.check()
	}
	return nil
}

// check checks one file; only the journal itself is never empty.
func (f *openFile) check(isJournal bool) error {
	var now fileState
	switch err := now.read(f.path); {
	case err != nil:
		return replaced(err)
	case !f.state.isSame(&now):
		return errReplaced
	case isJournal && now.size() == 0 && f.state.size() > 0: // it was overwritten
		return errReplaced
	case now.links() != 1: // another name would have a -wal of its own
		e := *errReplaced
		e.cause = &journal.Error{Cause: journal.CauseReplaced, Code: "links " + strconv.FormatUint(now.links(), 10)}
		return &e
	default:
		return nil
	}
}

func (id *identity) isMain(state *fileState) bool { return id.files[0].state.isSame(state) }

func replaced(err error) error {
	f := *explained(err)
	if errors.Is(err, fs.ErrNotExist) || f.cause.Cause == journal.CauseOther {
		f.cause = &journal.Error{Cause: journal.CauseReplaced, Code: f.cause.Code}
	}
	return &f
}
