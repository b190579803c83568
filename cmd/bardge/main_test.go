package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
)

// update writes the golden files anew.
var update = flag.Bool("update", false, "write the files in testdata anew")

// program is the command, built once.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(withProgram(m.Run))
}

// withProgram builds the command.
func withProgram(run func() int) int {
	dir, err := os.MkdirTemp("", "bardge")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "bardge")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %s", err, out)
		return 1
	}
	return run()
}

// desk is a shell: what a process is started with.
type desk struct {
	*testing.T

	env   []string
	stdin string
}

// newDesk returns a desk without an API.
func newDesk(t *testing.T) *desk {
	// A program that finds nothing of the machine's own: no terminal, no HOME.
	return &desk{T: t, env: []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir(), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}}
}

// today is the sandboxes' day, so that golden files stay as they are.
func today() time.Time { return time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC) }

// bardgeDesk returns a desk with an emulated API of Bardge.
func bardgeDesk(t *testing.T, opts ...sandbox.Option) (*desk, *sandbox.Sandbox) {
	t.Helper()
	sb, err := sandbox.New(append(opts, sandbox.WithClock(today))...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	server := httptest.NewServer(sb.Handler())
	t.Cleanup(server.Close)
	d := newDesk(t)
	d.set("BARDGE_BASE_URL", server.URL+sandbox.BasePath)
	d.set("BARDGE_API_KEY", sb.APIKey)
	return d, sb
}

// bluesnapDesk returns a desk with an emulated API of BlueSnap.
func bluesnapDesk(t *testing.T) (*desk, *bluesnaptest.Sandbox) {
	t.Helper()
	sb, err := bluesnaptest.New()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	server := httptest.NewServer(sb.Handler())
	t.Cleanup(server.Close)
	d := newDesk(t)
	d.set("BLUESNAP_BASE_URL", server.URL)
	d.set("BLUESNAP_USERNAME", sb.Username)
	d.set("BLUESNAP_PASSWORD", sb.Password)
	d.set("BLUESNAP_MERCHANT_ID", sb.MerchantID)
	return d, sb
}

// set sets an environment variable.
func (d *desk) set(name, value string) { d.env = append(d.env, name+"="+value) }

// result is what a process has left.
type result struct {
	code           int
	stdout, stderr string
}

// run runs the command with these arguments. The desk's standard input is used
// up.
func (d *desk) run(args ...string) result {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = d.env, strings.NewReader(d.stdin), &stdout, &stderr
	d.stdin = ""
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(d, err, &exit)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// done runs a command that must succeed, and returns its result.
func (d *desk) done(args ...string) result {
	d.Helper()
	r := d.run(args...)
	require.Zero(d, r.code, "%v: %s", args, r.stderr)
	return r
}

// field runs a command that must succeed, and returns a field of its result.
func (d *desk) field(name string, args ...string) string {
	d.Helper()
	fields := object(d.T, d.done(append(args, "-o", "json")...).stdout)
	require.Contains(d, fields, name)
	return fmt.Sprint(fields[name])
}

// object reads one JSON object, and nothing behind it.
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&fields), text)
	require.False(t, d.More(), text)
	return fields
}

// journal makes a journal, and returns its address.
func (d *desk) journal() string {
	path := filepath.Join(d.TempDir(), "journal.db")
	makeJournal(d.T, path)
	return "sqlite:" + path
}

func makeJournal(t *testing.T, path string) {
	t.Helper()
	j, err := sqlite.Open(path)
	require.NoError(t, err)
	require.NoError(t, j.Close())
}

// file writes a file, and returns its path.
func (d *desk) file(text string) string {
	name := filepath.Join(d.TempDir(), "file")
	require.NoError(d, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// golden compares text with a file in testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), text, "go test . -update writes it anew")
}
