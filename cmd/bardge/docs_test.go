package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

var consoleBlock = regexp.MustCompile("(?s)\n```console\n(.*?)\n```\n")

// TestTheDocumentedCommandsWork runs the command lines of docs/command.md in one
// shell each, in their order, against the sandbox, and compares what they print:
// standard output, then standard error. A line of three dots is any number of
// lines.
func TestTheDocumentedCommandsWork(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "command.md"))
	require.NoError(t, err)
	blocks := consoleBlock.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\r\n", "\n"), -1)
	require.NotEmpty(t, blocks)
	d, sb := bardgeDesk(t)
	d.env = append(d.env, "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	folder := t.TempDir()
	makeJournal(t, filepath.Join(folder, "journal.db"))
	var before string // the lines that set variables
	for _, block := range blocks {
		for _, step := range strings.Split(block[1]+"\n", "$ ")[1:] {
			command, want, _ := strings.Cut(step, "\n")
			if strings.HasPrefix(command, "export ") {
				before += command + "\n"
				continue
			}
			if strings.Contains(command, "--max-attempts 1") {
				sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
			}
			shell := exec.Command("sh", "-c", before+command)
			shell.Dir, shell.Env = folder, d.env
			var stderr strings.Builder
			shell.Stderr = &stderr
			stdout, _ := shell.Output() // some fail, as the document says
			assert.Regexp(t, pattern(want), neutral(string(stdout)+stderr.String()), command)
		}
	}
}

var (
	aKey  = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	aTime = regexp.MustCompile(`20\d\d-\d\d-\d\dT[0-9:.]+Z`)
)

// neutral replaces what differs from run to run.
func neutral(text string) string {
	return aTime.ReplaceAllString(aKey.ReplaceAllString(text, "KEY"), "TIME")
}

// pattern is a document's output as a regular expression.
func pattern(want string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(want)
	return regexp.MustCompile(`\A` + strings.ReplaceAll(quoted, regexp.QuoteMeta("...\n"), `(.*\n)*`) + `\z`)
}
