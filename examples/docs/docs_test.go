package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const printed = `
brgpass_0001 is ACTIVE
 1  no answer     connection reset                      ambiguous, again after a while
 2  201 replayed  executed                              done
=>  done
request   operation  key       result    status  fault          resource
req_0001  IssuePass  key_0001  executed  -       lose-response  brgpass_0001
req_0002  IssuePass  key_0001  replayed  201     -              brgpass_0001
`

var wait = regexp.MustCompile(`again after [0-9.]+m?s`)

func TestTheProgramPrints(t *testing.T) {
	assert.Equal(t, printed, "\n"+wait.ReplaceAllString(output(t, main), "again after a while"))
}

func output(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	require.NoError(t, err)
	defer func(stdout *os.File) { os.Stdout = stdout }(os.Stdout)
	os.Stdout = file
	f()
	_, err = file.Seek(0, io.SeekStart)
	require.NoError(t, err)
	text, err := io.ReadAll(file)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	return string(text)
}

func inShop(
	t *testing.T, f func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client), opts ...bardge.Option,
) {
	t.Helper()
	inShopWith(t, nil, f, opts...)
}

// inShopWith is inShop with options of the server.
func inShopWith(
	t *testing.T, of []sandbox.Option, f func(t *testing.T, server *sandbox.Sandbox, client *bardge.Client), opts ...bardge.Option,
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.Start(t, of...)
		client, err := bardge.New(server.APIKey, append(opts,
			bardge.WithBaseURL(server.URL), bardge.WithHTTPClient(server.Client()))...)
		require.NoError(t, err)
		f(t, server, client)
	})
}

func premium(server *sandbox.Sandbox) bardge.IssuePassParams {
	return bardge.IssuePassParams{ClientID: server.Seed.ClientID, PassID: server.Seed.PassID}
}
