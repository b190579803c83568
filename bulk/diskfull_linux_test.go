package bulk_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

// envMounts marks the test binary as one whose mounts are its own.
const envMounts = "BULK_TEST_MOUNTS"

// withOwnMounts repeats the test in a process whose mounts are its own and end
// with it. It reports whether this is that process.
func withOwnMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv(envMounts) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), envMounts+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	if id := os.Getuid(); id != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: id, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.ENOSPC) {
		t.Skip("the system allows this user no mounts: ", err) //nolint:forbidigo // CI runs it as root
	}
	require.NoError(t, err, "%s", out)
	t.Logf("%s", out)
	return false
}

// smallDisk returns a directory on a file system of its own, which is nearly
// full until room is called.
func smallDisk(t *testing.T) (dir string, room func()) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skip("the system allows this user no tmpfs: ", err) //nolint:forbidigo // CI runs it as root
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	filler := filepath.Join(dir, "filler")
	require.NoError(t, os.WriteFile(filler, make([]byte, 15<<20), 0o600))
	return dir, func() { require.NoError(t, os.Remove(filler)) }
}

func TestProof_ADiskThatIsFull(t *testing.T) {
	t.Parallel()
	if !withOwnMounts(t) {
		return
	}
	const items = 1000
	dir, room := smallDisk(t)
	sb := sandbox.Start(t)
	run := func() (*bulk.Report, collected, error) {
		file, err := sqlite.Open(filepath.Join(dir, "journal.db"))
		require.NoError(t, err)
		defer func() { assert.NoError(t, file.Close()) }()
		kept, err := bulk.NewJournal(file)
		require.NoError(t, err)
		client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
			bardge.WithJournal(kept, "acme"))
		require.NoError(t, err)
		results := collected{}
		report, err := bulk.Run(t.Context(), generated(items), func(ctx context.Context, m member) error {
			_, _, err := client.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: m.client, PassID: sb.Seed.PassID, FirstName: "Ada", LastName: "Okafor",
			}, bardge.WithRef(m.ref))
			return err
		}, bulk.Options[member]{Ref: func(m member) string { return m.ref }, Journal: kept, Each: results.add})
		return report, results, err
	}

	report, results, err := run()
	var stop *bulk.StopError
	require.ErrorAs(t, err, &stop)
	assert.Equal(t, "the journal failed: disk full", stop.Reason)
	assert.Less(t, report.Items, int64(items))
	reported, missing := map[string]bool{}, 0
	for ref, all := range results {
		require.Len(t, all, 1, ref)
		reported[all[0].Item.client] = true
		if all[0].Status == bulk.Done && all[0].Reason != "" {
			missing++
		}
	}
	for client, n := range passesByClient(t, sb) {
		assert.Equal(t, 1, n, client)
		assert.True(t, reported[client], "%s has a pass, and is in the report", client)
	}
	done := int(report.Done)
	t.Logf("disk full: %+v, %d executed", report, sb.Executed(sandbox.IssuePass))

	room()
	report, results, err = run()
	require.NoError(t, err)
	t.Logf("room again: %+v", report)
	assert.True(t, report.Good())
	assert.Len(t, results, items)
	assert.GreaterOrEqual(t, int(report.FromJournal), done-missing, "the report lists all that the journal misses")
	passes := passesByClient(t, sb)
	require.Len(t, passes, items)
	for client, n := range passes {
		assert.Equal(t, 1, n, client)
	}
}
