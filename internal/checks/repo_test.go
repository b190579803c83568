// Package checks holds the rules of this repository that a compiler cannot
// check: which package may import which, how many modules an importer gets,
// what files must and must not contain.
//
// The rules are tests, so that "go test ./..." shows a violation at once. Some
// run the go command, whose reads go test's cache does not see.
// TestFilesNameNoMachine reads every file, so any change runs all of them
// again.
package checks

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/bardge/bardge-go"
	root   = "../.."
)

// files returns the slash-separated paths, from the root, of the repository's
// files whose names end in one of the suffixes (none: all files).
func files(t *testing.T, suffixes ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipped(entry.Name())
		}
		name, err := filepath.Rel(root, path)
		if err == nil && name != ".git" && hasSuffix(name, suffixes) { // in a worktree it is a file
			found = append(found, filepath.ToSlash(name))
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

func skipped(dir string) error {
	switch dir {
	case ".git", ".idea", ".vscode", "node_modules", "rapid":
		return fs.SkipDir
	default:
		return nil
	}
}

func hasSuffix(name string, suffixes []string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return len(suffixes) == 0
}

func goCommand(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, "go %s: %s", strings.Join(args, " "), errs.String())
	return string(out)
}

var version = regexp.MustCompile(`const Version = "(\d+\.\d+\.\d+)"`)

// Both packages are in one module, and so have one version.
func TestThereIsOneVersion(t *testing.T) {
	var all []string
	for _, file := range []string{"client.go", "bluesnap/client.go"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		found := version.FindSubmatch(text)
		require.NotNil(t, found, file)
		all = append(all, string(found[1]))
	}
	assert.Equal(t, all[0], all[1])
}

// TestNoticeNamesWhatBinariesContain: distributing a binary requires the
// license of each part. NOTICE lists the modules that the programs under cmd
// link, indented, and quotes their licenses and Go's in full.
func TestNoticeNamesWhatBinariesContain(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "NOTICE"))
	require.NoError(t, err)
	notice := string(text)

	goroot := strings.TrimSpace(goCommand(t, root, nil, "env", "GOROOT"))
	parts := map[string]string{"Go's runtime and standard library": goroot}
	const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}"
	for line := range strings.Lines(goCommand(t, root, nil, "list", "-deps", "-f", format, "./cmd/...")) {
		if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			parts[name] = dir
		}
	}

	var linked []string
	for name, dir := range parts {
		linked = append(linked, name)
		license, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
		require.NoError(t, err)
		assert.Contains(t, notice, "-- "+name+" --\n\n"+string(license))
	}
	assert.ElementsMatch(t, linked, listed(notice))
}

func listed(notice string) []string {
	var names []string
	head, _, _ := strings.Cut(notice, "\n-- ")
	for line := range strings.Lines(head) {
		if name, ok := strings.CutPrefix(line, "    "); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}
