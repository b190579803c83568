package checks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
