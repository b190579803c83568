package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var wait = regexp.MustCompile(`again after [0-9.]+m?s`)

// blocks returns the README's blocks of code in a language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	var found []string
	for i, part := range strings.Split(string(readme), "\n```") {
		name, block, _ := strings.Cut(part, "\n")
		if i%2 == 1 && name == language {
			found = append(found, block+"\n")
		}
	}
	require.NotEmpty(t, found)
	return found
}

// Every Go block of the README stands in this directory, or in that of the
// program it is taken from, where it is compiled and run.
func TestReadmeBlocksStandHere(t *testing.T) {
	var code strings.Builder
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	names = append(names, "../bluesnap/main.go", "../crash/buy.go", "../river/worker.go")
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		code.Write(text)
	}
	for _, block := range blocks(t, "go") {
		assert.Contains(t, flat(code.String()), flat(block))
	}
}

// flat takes the indentation off.
func flat(code string) string {
	var lines []string
	for line := range strings.Lines(code) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func TestReadmeShowsWhatTheProgramPrints(t *testing.T) {
	said := blocks(t, "text")[0]
	assert.Equal(t, wait.ReplaceAllString(said, "again"), wait.ReplaceAllString(output(t, main), "again"))
}

// output returns what f prints.
func output(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	require.NoError(t, err)
	defer func(stdout *os.File) { os.Stdout = stdout }(os.Stdout)
	os.Stdout = file
	f()
	_, err = file.Seek(0, io.SeekStart)
	require.NoError(t, err)
	text, err := io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	return string(text)
}
