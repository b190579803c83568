package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)\n```$")

// documentedStep is a command line of a document, with what it prints.
type documentedStep struct{ command, want string }

// documentedSteps returns the steps of a document's console blocks.
func documentedSteps(t *testing.T, path string) []documentedStep {
	t.Helper()
	var steps []documentedStep
	for _, block := range consoleBlock.FindAllStringSubmatch(document(t, path), -1) {
		for _, step := range strings.Split(block[1]+"\n", "$ ")[1:] {
			command, want, _ := strings.Cut(step, "\n")
			steps = append(steps, documentedStep{command, want})
		}
	}
	require.NotEmpty(t, steps)
	return steps
}

// inShell runs a command line in a shell that finds the program, and returns
// standard output followed by standard error.
func (d *desk) inShell(folder, command string) (string, error) {
	shell := exec.Command("sh", "-c", command)
	shell.Dir = folder
	shell.Env = append(slices.Clip(d.env), "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	var stderr strings.Builder
	shell.Stderr = &stderr
	stdout, err := shell.Output()
	return string(stdout) + stderr.String(), err
}

func document(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", path))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// TestTheDocumentedCommandsWork runs the command lines of docs/command.md in one
// shell each, in their order, against the sandbox, and compares what they print:
// standard output, then standard error. A line of three dots is any number of
// lines.
func TestTheDocumentedCommandsWork(t *testing.T) {
	d, sb := bardgeDesk(t)
	folder := t.TempDir()
	makeJournal(t, filepath.Join(folder, "journal.db"))
	var before string // the lines that set variables
	for _, step := range documentedSteps(t, "docs/command.md") {
		if strings.HasPrefix(step.command, "export ") {
			before += step.command + "\n"
			continue
		}
		if strings.Contains(step.command, "--max-attempts 1") {
			sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
		}
		got, _ := d.inShell(folder, before+step.command) // some fail, as the document says
		assert.Regexp(t, pattern(step.want), neutral(got), step.command)
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
