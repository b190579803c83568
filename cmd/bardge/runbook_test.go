package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/sandbox"
)

// TestTheRunbookWorks runs the command lines of docs/operations.md in their
// order: on a journal with an issued pass whose response was lost and then with a
// lookup like it. Three dots are any text, in a line of their own any lines.
func TestTheRunbookWorks(t *testing.T) {
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-17/pass", true)
	o.env = append(o.env, "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, block := range runbookBlock.FindAllStringSubmatch(document(t, "docs/operations.md"), -1) {
		for _, step := range strings.Split(block[1]+"\n", "$ ")[1:] {
			command, want, _ := strings.Cut(step, "\n")
			if strings.Contains(command, "order-18/lookup") {
				o.sandbox.Next(sandbox.InitiateLookup, sandbox.LoseResponse)
				_, _, err := c.Lookups.Initiate(t.Context(), bardge.InitiateLookupParams{
					IssuerID: o.sandbox.Seed.IssuerID, ClientID: o.sandbox.Seed.OtherClientID,
				}, bardge.WithRef("order-18/lookup"), bardge.WithMaxAttempts(1))
				require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
			}
			shell := exec.Command("sh", "-c", command)
			shell.Env = o.env
			var stderr strings.Builder
			shell.Stderr = &stderr
			stdout, err := shell.Output()
			require.NoError(t, err, "%s: %s", command, &stderr)
			quoted := strings.ReplaceAll(regexp.QuoteMeta(want), "\\.\\.\\.\n", "(.*\n)*")
			assert.Regexp(t, `\A`+strings.ReplaceAll(quoted, `\.\.\.`, `.*`)+`\z`, string(stdout)+stderr.String(), command)
		}
	}
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
}

func document(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", path))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

var (
	runbookBlock = regexp.MustCompile("(?ms)^```console\n(.*?)\n```$")

	codeBlock  = regexp.MustCompile("(?ms)^```(?:sh|console)\n(.*?)\n```$")
	inlineLine = regexp.MustCompile("`(bardge [^`]+)`")
	shellLine  = regexp.MustCompile(`(?m)^(?:\$ )?(bardge [^\n]*)$`)
	word       = regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`)
)

// TestEveryDocumentedCommandLineParses: each command line in the documents, in
// a block or in a sentence, is one that the program takes.
func TestEveryDocumentedCommandLineParses(t *testing.T) {
	documents, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	require.NoError(t, err)
	lines := 0
	for _, path := range append(documents, filepath.Join("..", "..", "README.md"), filepath.Join("..", "..", "SECURITY.md")) {
		name, err := filepath.Rel(filepath.Join("..", ".."), path)
		require.NoError(t, err)
		for _, line := range commandLines(document(t, name)) {
			lines++
			assert.NoError(t, parses(line), "%s: %s", name, line)
		}
	}
	assert.Greater(t, lines, 20)
	for _, wrong := range []string{
		"bardge journal lsit", "bardge journal list --sate open", "bardge journal show", "bardge journal list --older-than soon",
		"bardge nothing",
	} {
		assert.Error(t, parses(wrong), wrong)
	}
}

func commandLines(text string) []string {
	var lines []string
	for _, block := range codeBlock.FindAllStringSubmatch(text, -1) {
		for _, line := range shellLine.FindAllStringSubmatch(block[1], -1) {
			lines = append(lines, line[1])
		}
	}
	for _, line := range inlineLine.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
		lines = append(lines, line[1])
	}
	return lines
}

// parses reports why the program does not take a command line, which is not run.
func parses(line string) error {
	line, _, _ = strings.Cut(line, " | ")
	line, _, _ = strings.Cut(line, " < ")
	line, _, _ = strings.Cut(line, " > ")
	line, _, _ = strings.Cut(line, " # ")
	var words []string
	for _, w := range word.FindAllString(line, -1)[1:] {
		words = append(words, strings.Trim(w, `"'`))
	}
	app := cli.NewApp(cli.Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }})
	root := newRoot(app)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	cmd, rest, err := root.Find(words)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
