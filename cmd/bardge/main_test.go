package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

func TestHelpNamesTheExitCodes(t *testing.T) {
	var out bytes.Buffer
	app := cli.NewApp(cli.Env{Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }})
	assert.Equal(t, cli.ExitDone, run(t.Context(), app, []string{"help"}))
	assert.Contains(t, out.String(), "5  unknown")
}
