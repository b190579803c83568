package network

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// The environment that makes the test binary a process to freeze.
const (
	envFrozenURL    = "BARDGE_FROZEN_URL"
	envFrozenKey    = "BARDGE_FROZEN_KEY"
	envFrozenPass   = "BARDGE_FROZEN_PASS"
	envFrozenClient = "BARDGE_FROZEN_CLIENT"
)

const (
	frozenAttempt = 2 * time.Second // of the frozen process
	frozenFor     = 3 * time.Second // longer than its attempt
	frozen        = 16              // processes: what is chance in one is certain in all
)

// issueOnce makes one call of one attempt in a process that will be frozen. It
// prints the result.
func issueOnce() error {
	client, err := bardge.New(os.Getenv(envFrozenKey), bardge.WithBaseURL(os.Getenv(envFrozenURL)),
		bardge.WithRetryPolicy(bardge.RetryPolicy{AttemptTimeout: frozenAttempt, MaxAttempts: 1}))
	if err != nil {
		return err
	}
	_, _, err = client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: os.Getenv(envFrozenClient), PassID: os.Getenv(envFrozenPass),
	})
	_, err = fmt.Fprintln(os.Stdout, bardge.OutcomeOf(err))
	return err
}

// TestR37_AFrozenProcessReadsTheResponseThatItGotMeanwhile stops processes
// while their only attempt is under way. The response arrives in the socket,
// and when they go on, the attempt's time is long over.
func TestR37_AFrozenProcessReadsTheResponseThatItGotMeanwhile(t *testing.T) {
	server := sandbox.Start(t)
	var mu sync.Mutex
	arrived := map[string]chan chan struct{}{} // by the first part of the path, which names the process
	handler := server.Handler()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		mu.Lock()
		waits := arrived[name]
		mu.Unlock()
		goOn := make(chan struct{})
		waits <- goOn
		<-goOn
		r.URL.Path = "/" + rest
		handler.ServeHTTP(w, r)
	}))
	defer front.Close()

	outcomes := make([]string, frozen)
	var all sync.WaitGroup
	for i := range outcomes {
		name, waits := strconv.Itoa(i), make(chan chan struct{}, 1)
		mu.Lock()
		arrived[name] = waits
		mu.Unlock()
		all.Go(func() {
			outcomes[i] = freeze(t, front.URL+"/"+name+sandbox.BasePath, server, waits)
		})
	}
	all.Wait()
	assert.Equal(t, frozen, server.Executed(sandbox.IssuePass))
	said := map[string]int{}
	for _, outcome := range outcomes {
		said[outcome]++
	}
	assert.Equal(t, map[string]int{bardge.OutcomeDone.String(): frozen}, said)
}

func freeze(t *testing.T, url string, server *sandbox.Sandbox, arrived <-chan chan struct{}) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envFrozenURL+"="+url, envFrozenKey+"="+server.APIKey,
		envFrozenPass+"="+server.Seed.PassID, envFrozenClient+"="+server.Seed.ClientID)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if !assert.NoError(t, cmd.Start()) {
		return ""
	}
	var goOn chan struct{}
	select {
	case goOn = <-arrived:
	case <-time.After(closeTimeout):
		assert.Fail(t, "the process has sent nothing")
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return ""
	}
	assert.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
	var status syscall.WaitStatus
	_, err := syscall.Wait4(cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
	assert.NoError(t, err)
	assert.True(t, status.Stopped())
	close(goOn)
	<-time.After(frozenFor)
	assert.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
	assert.NoError(t, cmd.Wait())
	return strings.TrimSpace(out.String())
}

func frozenProcess() bool {
	if os.Getenv(envFrozenURL) == "" {
		return false
	}
	if err := issueOnce(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return true
}
