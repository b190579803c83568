package connect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// Credential returns a secret from a file, or else from the environment. It
// fails with [cli.ExitCredentials] if neither is given.
func (f *Flags) Credential(file, variable string) (string, error) {
	secret, err := f.OptionalSecret(file, variable)
	if err == nil && secret == "" {
		return "", cli.Exit(cli.ExitCredentials, fmt.Errorf("%s is not set", variable))
	}
	return secret, err
}

// OptionalSecret returns a secret from a file, or else from the environment; ""
// if neither is given.
func (f *Flags) OptionalSecret(file, variable string) (string, error) {
	if file == "" {
		return f.app.Getenv(variable), nil
	}
	return f.readFile(file)
}

// ReadSecret returns a secret from a file, or from standard input for "-".
func (f *Flags) ReadSecret(ctx context.Context, file string) (string, error) {
	if file != "-" {
		return f.readFile(file)
	}
	text, err := f.app.ReadInput(ctx)
	if err != nil {
		return "", err
	}
	return trimmed("standard input", text)
}

// minSecret is the least length of a journal's secret, in bytes.
const minSecret = 16

// JournalSecrets returns the secret that seals the journal, empty if none is
// given, and earlier ones.
func (f *Flags) JournalSecrets() (secret string, previous []string, err error) {
	secret, err = f.OptionalSecret(f.SecretFile, "BARDGE_JOURNAL_SECRET")
	if err != nil {
		return "", nil, err
	}
	if earlier := f.app.Getenv("BARDGE_JOURNAL_SECRET_PREVIOUS"); earlier != "" && f.PreviousSecretFiles == nil {
		previous = []string{earlier}
	}
	for _, file := range f.PreviousSecretFiles {
		earlier, err := f.readFile(file)
		if err != nil {
			return "", nil, err
		}
		previous = append(previous, earlier)
	}
	for _, s := range append([]string{secret}, previous...) {
		if s != "" && !CanSeal(s) {
			return "", nil, cli.Usage(errors.New("the journal's secret has fewer than 16 bytes"))
		}
	}
	return secret, previous, nil
}

// CanSeal reports whether a secret is long enough to seal a journal.
func CanSeal(secret string) bool { return len(secret) >= minSecret }

func (f *Flags) readFile(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", unreadable(file, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 && !f.warned[file] {
		f.warned[file] = true
		f.app.Note("Warning: every user of this machine can read %s.", file)
	}
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return "", unreadable(file, err)
	}
	return trimmed(file, text)
}

// unreadable names a file, without the call that failed.
func unreadable(file string, err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		err = path.Err
	}
	return cli.Exit(cli.ExitCredentials, fmt.Errorf("%s: %w", file, err))
}

// trimmed returns the text without the line's end.
func trimmed(source string, text []byte) (string, error) {
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", cli.Exit(cli.ExitCredentials, errors.New(source+" is empty"))
	}
	return secret, nil
}
