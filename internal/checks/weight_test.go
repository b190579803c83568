package checks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The most that a program pays for importing the root package, itself not
// counted; the README states both figures.
const (
	modulesLinked = 4
	modulesSeen   = 20
)

func TestImporterStaysLight(t *testing.T) {
	dir := importer(t)
	// -mod=mod and no checksum database: the importer's go.mod is completed
	// from the module cache, whose contents are already verified.
	env := []string{"GOFLAGS=-mod=mod", "GOSUMDB=off", "GOWORK=off"}

	linked := modules(goCommand(t, dir, env, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "."))
	assert.Contains(t, linked, module)
	assert.LessOrEqual(t, len(linked), modulesLinked, "linked: %v", linked)

	seen := modules(goCommand(t, dir, env, "list", "-m", "-f", "{{.Path}}", "all"))
	assert.Contains(t, seen, module)
	assert.LessOrEqual(t, len(seen), modulesSeen, "seen: %v", seen)
	t.Logf("an importer links %d modules and sees %d", len(linked), len(seen))
}

func importer(t *testing.T) string {
	t.Helper()
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)

	dir := t.TempDir()
	const goMod = "module importer\n\ngo 1.26.0\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]q\n"
	for name, text := range map[string]string{
		"go.mod":  fmt.Sprintf(goMod, module, here),
		"go.sum":  string(sums),
		"main.go": fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", module),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// modules sorts the lines of a listing and removes duplicates and the importer.
func modules(listing string) []string {
	lines := strings.Fields(listing)
	slices.Sort(lines)
	return slices.DeleteFunc(slices.Compact(lines), func(line string) bool { return line == "importer" })
}
