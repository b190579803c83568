package main

import (
	"debug/buildinfo"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// allCommands returns all commands that are not hidden.
func allCommands() []*cobra.Command {
	var found []*cobra.Command
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		found = append(found, cmd)
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(cli.NewApp(cli.Env{})))
	return found
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, cmd := range allCommands() {
		assert.NotEmpty(t, cmd.Short, cmd.CommandPath())
		assert.NotRegexp(t, `[.]$|\[|\]`, cmd.Short, cmd.CommandPath())
		assert.NotContains(t, cmd.Long, "[", cmd.CommandPath())
	}
}

// TestFlagsOfACommandDifferFromThoseAbove fails for a param whose flag hides a
// flag of all commands.
func TestFlagsOfACommandDifferFromThoseAbove(t *testing.T) {
	for _, cmd := range allCommands() {
		if cmd.CommandPath() == "bardge journal stats" {
			continue // whose --output has one more format
		}
		for parent := cmd.Parent(); parent != nil; parent = parent.Parent() {
			for _, name := range []string{"output", "no-input", "verbose", "timeout", "max-attempts", "timeline", "base-url"} {
				if parent.PersistentFlags().Lookup(name) != nil {
					assert.Nil(t, cmd.LocalNonPersistentFlags().Lookup(name), "%s --%s", cmd.CommandPath(), name)
				}
			}
		}
	}
}

func TestCompletionForFourShells(t *testing.T) {
	d := newDesk(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		assert.Contains(t, d.done("completion", shell).stdout, "__complete", shell)
	}
	for _, row := range []struct {
		line, found string
	}{
		{line: "is", found: "issued-passes"},
		{line: "bluesnap tr", found: "transactions"},
		{line: "issued-passes issue --cl", found: "--client-id"},
		{line: "bookings confirm-class s --duration ", found: "ANNUALLY"},
		{line: "passes list -o ", found: "yaml"},
	} {
		words := strings.Split(row.line, " ")
		assert.Contains(t, d.done(append([]string{"__complete"}, words...)...).stdout, row.found, row.line)
	}
}

func TestManualPagesAreComplete(t *testing.T) {
	d := newDesk(t)
	folder := filepath.Join(t.TempDir(), "man1")
	d.done("man", folder)
	for _, cmd := range allCommands() {
		page := filepath.Join(folder, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		assert.Contains(t, string(text), cmd.Name())
	}
}

func TestVersionIsTheBuilds(t *testing.T) {
	d := newDesk(t)
	info, err := buildinfo.ReadFile(program)
	require.NoError(t, err)
	assert.Equal(t, info.Main.Version, d.field("version", "version"))
}
