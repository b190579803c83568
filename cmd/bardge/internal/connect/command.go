package connect

import (
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// JournalCommand returns the command line of a subcommand of "bardge journal",
// for the same journal. The argument is a ref or id; empty is none.
func (f *Flags) JournalCommand(name, arg string, flags ...string) string {
	words := []string{"bardge", "journal", name}
	looksLikeFlag := strings.HasPrefix(arg, "-")
	if arg != "" && !looksLikeFlag {
		words = append(words, arg)
	}
	words = append(words, flags...)
	add := func(flag, value string) {
		if value != "" {
			words = append(words, flag, value)
		}
	}
	add("--journal", f.Journal)
	add("--journal-schema", f.Schema)
	add("--journal-secret-file", f.SecretFile)
	for _, file := range f.PreviousSecretFiles {
		add("--previous-secret-file", file)
	}
	for _, path := range f.Paths {
		add("--path", path)
	}
	if looksLikeFlag {
		words = append(words, "--", arg)
	}
	return cli.CommandLine(words...)
}
