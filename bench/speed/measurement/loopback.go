package measurement

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// serving makes a test binary a server; its value selects the protocols.
const serving = "BARDGE_BENCH_SERVES"

const (
	servesHTTP = "http/1.1"
	servesTLS  = "https" // HTTP/1.1 and HTTP/2
)

// Serve, at the start of TestMain, makes the process the server that [Loopback]
// started it for, until its parent ends; in any other process it does nothing.
func Serve() {
	protocols := os.Getenv(serving)
	if protocols == "" {
		return
	}
	if err := serve(protocols); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(protocols string) error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(answers), ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent
		_ = server.Close()
	}()
	if protocols == servesTLS {
		err = serveTLS(server, l)
	} else if _, err = fmt.Fprintln(os.Stdout, "http://"+l.Addr().String()); err == nil {
		err = server.Serve(l)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// answers does as little work as net/http allows.
func answers(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Bardge-Request-Id"] = []string{requestID}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer) // the client reads it, or fails
}

// Loopback starts a server in its own process, so that its work and garbage do
// not count as the client's. It serves HTTP/1.1 until the test ends.
func Loopback(tb testing.TB) (url string) {
	tb.Helper()
	return start(tb, servesHTTP)
}

func start(tb testing.TB, protocols string) string {
	tb.Helper()
	self, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.CommandContext(context.Background(), self) //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), serving+"="+protocols)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(tb, err)
	out, err := cmd.StdoutPipe()
	require.NoError(tb, err)
	require.NoError(tb, cmd.Start())
	tb.Cleanup(func() {
		_ = in.Close()
		require.NoError(tb, cmd.Wait())
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(tb, err)
	return strings.TrimSpace(line)
}

// Network returns a transport for [Loopback], whose pool holds that many
// callers' connections for as long as this SDK would.
func Network(callers int) *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: callers, IdleConnTimeout: 30 * time.Second}
}
