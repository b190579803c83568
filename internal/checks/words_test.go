package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Text that ties a file to one machine: a path in a home or a
// temporary directory, or the host of a package registry.
var machineText = []*regexp.Regexp{
	regexp.MustCompile("(?m)(^|[\\s\"'`=(:,])/(home|root|tmp|work|Users|private|var/folders)(/|$|[\\s\"'`),;])"),
	regexp.MustCompile(`[A-Za-z]:\\+(Users|Temp)\b`),
	regexp.MustCompile(`\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(proxy|sum)\.golang\.org\b|"resolved"\s*:`),
}

func TestFilesNameNoMachine(t *testing.T) {
	for _, name := range files(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, machineWords(string(text)), name)
	}
}

func TestMachineWordsAreFound(t *testing.T) {
	for _, row := range []struct {
		name, text string
		found      int
	}{
		{name: "home directory", text: "see /" + "home/ann/notes", found: 1},
		{name: "temporary directory in quotes", text: `dir := "/` + `tmp"`, found: 1},
		{name: "at the start of a line", text: "a\n/" + "root/x", found: 1},
		{name: "desktop paths", text: "C:" + `\Users\ann` + " and /" + "Users/ann", found: 2},
		{name: "registry of packages", text: "https://registry" + ".example.org/left-pad", found: 1},
		{name: "module proxy", text: "https://proxy" + ".golang.org", found: 1},
		{name: "part of an address is no path", text: "https://example.org/home/page"},
		{name: "relative paths", text: "./tmp/x ../tmp/y testdata/home/z"},
		{name: "system paths", text: "#!/usr/bin/env bash >/dev/null"},
	} {
		t.Run(row.name, func(t *testing.T) {
			assert.Len(t, machineWords(row.text), row.found)
		})
	}
}

func machineWords(text string) []string {
	var found []string
	for _, words := range machineText {
		found = append(found, words.FindAllString(text, -1)...)
	}
	return found
}
