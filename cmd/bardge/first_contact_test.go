package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox"
)

const firstContact = "docs/first-contact.md"

var aBend = regexp.MustCompile(`--drift '([^']+)'`)

// TestTheFirstHourWorks runs the command lines of docs/first-contact.md in their
// order, against a server with the differences that the page gives it. A line of
// three dots is any number of lines, three dots in a line any text.
func TestTheFirstHourWorks(t *testing.T) {
	d, folder := bentDesk(t), t.TempDir()
	checkout, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)
	require.NoError(t, os.Symlink(checkout, filepath.Join(folder, "bardge-go")))
	for _, step := range documentedSteps(t, firstContact) {
		got, _ := d.inShell(folder, step.command) // some fail, as the page says
		quoted := strings.ReplaceAll(regexp.QuoteMeta(step.want), "\\.\\.\\.\n", "(.*\n)*")
		assert.Regexp(t, `\A`+strings.ReplaceAll(quoted, `\.\.\.`, `.*`)+`\z`, got, step.command)
	}
}

// bentDesk returns a desk with the emulated API that the page serves.
func bentDesk(t *testing.T) *desk {
	t.Helper()
	var bends []sandbox.Bend
	for _, match := range aBend.FindAllStringSubmatch(document(t, firstContact), -1) {
		bend, err := sandbox.ParseBend(match[1])
		require.NoError(t, err)
		bends = append(bends, bend)
	}
	require.NotEmpty(t, bends)
	sb, err := sandbox.New(sandbox.WithDrift(bends...))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	server := httptest.NewServer(sb.Handler())
	t.Cleanup(server.Close)
	d := newDesk(t)
	d.set("BARDGE_BASE_URL", server.URL+sandbox.BasePath)
	d.set("BARDGE_API_KEY", sb.APIKey)
	for _, name := range []string{"HOME", "GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS"} { // for "go run"
		d.set(name, os.Getenv(name))
	}
	return d
}
