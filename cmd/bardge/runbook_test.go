package main

import (
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	for _, step := range documentedSteps(t, "docs/operations.md") {
		if strings.Contains(step.command, "order-18/lookup") {
			o.lookup(c, "order-18/lookup")
		}
		got, err := o.inShell("", step.command)
		require.NoError(t, err, "%s: %s", step.command, got)
		quoted := strings.ReplaceAll(regexp.QuoteMeta(step.want), "\\.\\.\\.\n", "(.*\n)*")
		assert.Regexp(t, `\A`+strings.ReplaceAll(quoted, `\.\.\.`, `.*`)+`\z`, got, step.command)
	}
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
}

var (
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
			if err := parses(line); !errors.Is(err, pflag.ErrHelp) {
				assert.NoError(t, err, "%s: %s", name, line)
			}
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
