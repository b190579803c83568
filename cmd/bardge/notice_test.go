package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoticeNamesWhatTheProgramContains: who distributes the program has to
// distribute the license of each part.
func TestNoticeNamesWhatTheProgramContains(t *testing.T) {
	goroot := strings.TrimSpace(goCommand(t, "linux", "env", "GOROOT"))
	parts := map[string]string{
		"Go's runtime and standard library": filepath.Join(goroot, "LICENSE"),
		"htmx.org":                          filepath.Join("internal", "console", "web", "assets", "htmx.LICENSE"),
		"npm packages in River's page":      filepath.Join("internal", "console", "queue", "npm.LICENSES"),
	}
	for _, system := range []string{"linux", "darwin", "windows"} {
		maps.Copy(parts, linked(t, system))
	}
	names := slices.Sorted(maps.Keys(parts))
	notice := "The program contains, beside modules of this repository:\n\n"
	for _, name := range names {
		notice += "    " + name + "\n"
	}
	notice += "\nTheir licenses in full:\n"
	for _, name := range names {
		license, err := os.ReadFile(parts[name])
		require.NoError(t, err)
		notice += "\n-- " + name + " --\n\n" + strings.TrimRight(string(license), "\n") + "\n"
	}
	if *update {
		require.NoError(t, os.WriteFile("NOTICE", []byte(notice), 0o644))
	}
	text, err := os.ReadFile("NOTICE")
	require.NoError(t, err)
	assert.Equal(t, string(text), notice, "go test . -update writes it anew")
}

// linked returns the modules that the program links on a system, with the files
// of their licenses.
func linked(t *testing.T, system string) map[string]string {
	t.Helper()
	found := map[string]string{}
	const format = "{{with .Module}}{{if .Version}}{{if not .Replace}}{{.Path}}\t{{.Dir}}{{end}}{{end}}{{end}}"
	for line := range strings.Lines(goCommand(t, system, "list", "-deps", "-f", format, ".")) {
		if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			licenses, err := filepath.Glob(filepath.Join(dir, "LICEN[SC]E*"))
			require.NoError(t, err)
			require.NotEmpty(t, licenses, dir)
			found[name] = licenses[0]
		}
	}
	return found
}

func goCommand(t *testing.T, system string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}
