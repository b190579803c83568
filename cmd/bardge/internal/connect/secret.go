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

func (f *Flags) readFile(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", cli.Exit(cli.ExitCredentials, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		f.app.Note("Warning: every user of this machine can read %s.", file)
	}
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return "", cli.Exit(cli.ExitCredentials, err)
	}
	return trimmed(file, text)
}

// trimmed returns the text without the line's end.
func trimmed(source string, text []byte) (string, error) {
	secret := strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", cli.Exit(cli.ExitCredentials, errors.New(source+" is empty"))
	}
	return secret, nil
}
