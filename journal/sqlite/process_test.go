//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/journal/sqlite"
)

// workerFile names the journal to the processes that these tests start.
const workerFile = "SQLITE_JOURNAL_TEST_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(workerFile); path != "" {
		refs, err := strconv.Atoi(os.Args[2])
		switch {
		case err != nil:
		case os.Args[1] == passerBy:
			err = look(path)
		case os.Args[1] == nobody:
			err = openAs(path, refs)
		case os.Args[1] == monitor:
			err = openAs(path, refs, sqlite.ReadOnly())
		default:
			err = work(path, os.Args[1], refs)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const (
	callers  = 8 // of each process
	passerBy = "passer-by"
	nobody   = "nobody"
	monitor  = "monitor"
)

func openAs(path string, user int, opts ...sqlite.Option) error {
	if err := syscall.Setuid(user); err != nil {
		return err
	}
	j, err := sqlite.Open(path, opts...)
	if err != nil {
		fmt.Fprint(os.Stdout, err)
		return nil
	}
	return j.Close()
}

// look prints whether another process has SQLite's shared lock on the file.
// Without it any SQLite tool takes itself for the last user when it leaves, and
// removes the -wal.
func look(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Start: 0x40000002, Len: 510}
	err = syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock)
	fmt.Fprint(os.Stdout, lock.Type == syscall.F_RDLCK)
	return errors.Join(err, f.Close())
}

// work begins each ref, and prints those that it was the first to begin, once
// they are on the disk.
func work(path, owner string, refs int) error {
	j, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	todo := make(chan int)
	failures := make(chan error, callers)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := range todo {
				rec := record(fmt.Sprint(i))
				rec.Owner = owner
				ok, err := j.Save(context.Background(), rec)
				if err != nil {
					failures <- err
					return
				}
				if ok {
					fmt.Fprintln(os.Stdout, rec.ID)
				}
			}
		})
	}
	for i := range refs {
		select {
		case todo <- i:
		case err := <-failures:
			return err
		}
	}
	close(todo)
	wg.Wait()
	return j.Close()
}

func start(t *testing.T, path, owner string, refs int) (*exec.Cmd, io.Reader) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], owner, strconv.Itoa(refs))
	cmd.Env = append(os.Environ(), workerFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, out
}

func TestJ3_TwoProcessesBeginEachRefOnce(t *testing.T) {
	const refs = 400
	path := filepath.Join(t.TempDir(), "journal.db")
	owners := []string{"one", "two"}
	var cmds []*exec.Cmd
	var outs []io.Reader
	for _, owner := range owners { // both make the file
		cmd, out := start(t, path, owner, refs)
		cmds, outs = append(cmds, cmd), append(outs, out)
	}
	begun := map[string]string{}
	for i, owner := range owners {
		text, err := io.ReadAll(outs[i])
		require.NoError(t, err)
		require.NoError(t, cmds[i].Wait())
		for id := range strings.FieldsSeq(string(text)) {
			assert.Empty(t, begun[id], id)
			begun[id] = owner
		}
	}
	require.Len(t, begun, refs)
	j := openJournal(t, path)
	for id, owner := range begun {
		rec, ok, err := j.Load(t.Context(), id)
		require.NoError(t, err)
		require.True(t, ok)
		assert.Equal(t, owner, rec.Owner, id)
	}
}

func run(t *testing.T, path, owner string, refs int) string {
	t.Helper()
	cmd, out := start(t, path, owner, refs)
	text, err := io.ReadAll(out)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait())
	return string(text)
}

// A process that opens the file twice keeps its locks.
func TestJ6_ASecondJournalKeepsTheFirstOnesLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	first := openJournal(t, path)
	save(t, first, record("0"))
	require.Equal(t, "true", run(t, path, passerBy, 0))
	second := openJournal(t, path)
	assert.Equal(t, "true", run(t, path, passerBy, 0))
	assert.Empty(t, run(t, path, "other", 1), "the ref was begun here")
	require.NoError(t, second.Close())
	assert.Equal(t, "true", run(t, path, passerBy, 0))
	require.NoError(t, first.Close())
	assert.Equal(t, "false", run(t, path, passerBy, 0))
}

func TestJ6_WhatAKilledProcessWroteIsThere(t *testing.T) {
	j, path := newJournal(t)
	cmd, out := start(t, path, "killed", math.MaxInt)
	var ids []string
	lines := bufio.NewScanner(out)
	for len(ids) < 100 && lines.Scan() {
		ids = append(ids, lines.Text())
	}
	require.NoError(t, cmd.Process.Kill())
	for lines.Scan() { // what it had printed before it died
		ids = append(ids, lines.Text())
	}
	require.Error(t, cmd.Wait())
	require.GreaterOrEqual(t, len(ids), 100)
	for _, after := range []string{"at once", "after reopening"} {
		for _, id := range ids {
			assert.True(t, has(t, j, id), id)
		}
		save(t, j, record(after))
		require.NoError(t, j.Close())
		j = openJournal(t, path)
	}
}

// Of many processes that start at once each waits for the others.
func TestJ6_FiftyProcessesOpenAtOnce(t *testing.T) {
	const processes, refs = 50, 2
	path := filepath.Join(t.TempDir(), "journal.db")
	var cmds []*exec.Cmd
	var outs []io.Reader
	for i := range processes {
		cmd, out := start(t, path, fmt.Sprint("process ", i), refs)
		cmds, outs = append(cmds, cmd), append(outs, out)
	}
	var begun []string
	for i, cmd := range cmds {
		text, err := io.ReadAll(outs[i])
		require.NoError(t, err)
		assert.NoError(t, cmd.Wait())
		begun = append(begun, strings.Fields(string(text))...)
	}
	assert.ElementsMatch(t, []string{"ref:0", "ref:1"}, begun)
}

// A journal that cannot be written is refused when it is opened.
func TestJ16_RightsAreCheckedAtOpen(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root becomes another user") //nolint:forbidigo // CI runs it as root
	}
	const (
		user   = 65534
		denied = "sqlite journal: permission denied (errno EACCES)"
	)
	top := t.TempDir()
	for dir := top; dir != filepath.Clean(os.TempDir()); dir = filepath.Dir(dir) {
		require.NoError(t, os.Chmod(dir, 0o755)) // the other user must reach it
	}
	for name, row := range map[string]struct {
		dirMode, fileMode   os.FileMode
		toWrite, toRead     string
		whileItIsOpen       string // to read it
		withoutTheOtherFile string // to read it after a crash, without its -shm
	}{
		"a file that is read-only":       {0o777, 0o444, denied, "", "", ""},
		"a file that is not readable":    {0o777, 0o600, denied, denied, denied, denied},
		"a directory that is read-only":  {0o755, 0o666, denied, "", "", denied},
		"a directory that is not opened": {0o700, 0o666, denied, denied, denied, denied},
		"a file of another user":         {0o777, 0o666, "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(top, strings.ReplaceAll(name, " ", "-"))
			require.NoError(t, os.Mkdir(dir, 0o700))
			path := filepath.Join(dir, "journal.db")
			require.NoError(t, openJournal(t, path).Close())
			require.NoError(t, os.Chmod(path, row.fileMode))
			require.NoError(t, os.Chmod(dir, row.dirMode))
			assert.Equal(t, row.toWrite, run(t, path, nobody, user))
			assert.Equal(t, row.toRead, run(t, path, monitor, user))
			j := openJournal(t, path)
			save(t, j, record("1"))
			assert.Equal(t, row.whileItIsOpen, run(t, path, monitor, user))
			crashed := filepath.Join(dir, "crashed.db")
			for _, suffix := range []string{"", "-wal"} {
				require.NoError(t, exec.Command("cp", "-p", path+suffix, crashed+suffix).Run())
			}
			assert.Equal(t, row.withoutTheOtherFile, run(t, crashed, monitor, user))
		})
	}
}
