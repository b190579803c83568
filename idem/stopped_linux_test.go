package idem

import (
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stoppedURL is set in the process that the test starts and stops: itself.
const stoppedURL = "IDEM_TEST_STOPPED_URL"

// R37: a process that was stopped in its only attempt does not throw away a
// response that has come meanwhile.
func TestR37_AStoppedProcessReadsWhatIsInItsSocket(t *testing.T) {
	if address := os.Getenv(stoppedURL); address != "" {
		e, err := New(Config{Profile: testProfile(), BaseURL: address, Policy: Policy{AttemptTimeout: 2 * time.Second}})
		require.NoError(t, err)
		defer e.CloseIdleConnections()
		r := e.Do(t.Context(), atMost(1, post(Keyed)))
		require.NoError(t, r.Err)
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	started := make(chan struct{})
	server := httptest.NewServer(hijack(func(c net.Conn) {
		<-started
		_ = child.Process.Signal(syscall.SIGSTOP)
		time.Sleep(50 * time.Millisecond)
		writes(c, rawResponse)
		time.Sleep(2500 * time.Millisecond) // its time is over, and the response in its socket
		_ = child.Process.Signal(syscall.SIGCONT)
		_, _ = io.Copy(io.Discard, c)
	}))
	defer server.Close()
	child.Env = append(os.Environ(), stoppedURL+"="+server.URL)
	var out strings.Builder
	child.Stdout, child.Stderr = &out, &out
	require.NoError(t, child.Start())
	close(started)
	assert.NoError(t, child.Wait(), "%s", &out)
}
