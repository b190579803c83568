package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type program struct {
	cmd *exec.Cmd
	out *lines
}

// start builds the command and runs it until it has printed its curl line.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bardge-sandbox")
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(built))
	p := &program{cmd: exec.CommandContext(t.Context(), binary, args...), out: newLines()}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	require.NoError(t, p.cmd.Start())
	p.out.await(t, "selects a fault")
	return p
}

func (p *program) stop(t *testing.T) string {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, p.cmd.Wait())
	return p.out.String()
}

// curl sends the request of the printed curl line, with more headers, and
// returns response and body; neither if the response is lost.
func (p *program) curl(t *testing.T, more ...string) (*http.Response, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(p.request(t, more...))
	if err != nil {
		return nil, ""
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(read)
}

// request parses the printed curl line as curl does.
func (p *program) request(t *testing.T, more ...string) *http.Request {
	t.Helper()
	line := regexp.MustCompile(`(?m)^ {2}curl (.*)$`).FindStringSubmatch(p.out.String())
	require.NotNil(t, line)
	words := append(shellWords(line[1]), more...)
	header := http.Header{}
	var method, url, body string
	for i := 0; i < len(words); i++ {
		switch word := words[i]; word {
		case "-i":
		case "-X":
			i++
			method = words[i]
		case "-d":
			i++
			body = words[i]
		case "-H":
			i++
			name, value, ok := strings.Cut(words[i], ": ")
			require.True(t, ok)
			header.Set(name, value)
		default:
			url = word
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header, request.Close = header, true
	return request
}

// shellWords splits a line of words that are plain or in single quotes.
func shellWords(line string) []string {
	var words []string
	for _, word := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1) {
		words = append(words, strings.Trim(word, "'"))
	}
	return words
}

func TestServesWhatItPrints(t *testing.T) {
	p := start(t, "-addr", "127.0.0.1:0", "-fault", "IssuePass=unavailable=2s")
	first, _ := p.curl(t)
	assert.Equal(t, http.StatusServiceUnavailable, first.StatusCode)
	lost, _ := p.curl(t, "-H", "Bardge-Sandbox-Fault: lose-response", "-H", "Idempotency-Key: another")
	assert.Nil(t, lost)
	second, body := p.curl(t)
	assert.Equal(t, http.StatusCreated, second.StatusCode)
	assert.Contains(t, body, "brgpass_0002")
	third, again := p.curl(t)
	assert.Equal(t, "true", third.Header.Get("X-Idempotent-Replayed"))
	assert.Equal(t, body, again)

	printed := p.stop(t)
	for _, text := range []string{
		"base URL", "sandbox_key_0001", "ClassInstanceID", "ci_yoga", // to begin with
		"unavailable=2s", "lose-response", "replayed", // the ledger
	} {
		assert.Contains(t, printed, text)
	}
}

func TestServesBlueSnap(t *testing.T) {
	p := start(t, "-fault", "CreateCardTransaction=key-store-failure", "-vendor", "bluesnap", "-addr", "127.0.0.1:0")
	failed, body := p.curl(t)
	assert.Equal(t, http.StatusServiceUnavailable, failed.StatusCode)
	assert.Contains(t, body, "60106")
	lost, _ := p.curl(t, "-H", "Bardge-Sandbox-Fault: lose-response", "-H", "Idempotency-Key: another")
	assert.Nil(t, lost)
	first, body := p.curl(t)
	assert.Equal(t, http.StatusOK, first.StatusCode)
	assert.Equal(t, "first-charge", first.Header.Get("Idempotency-Key"))
	_, again := p.curl(t)
	assert.Equal(t, body, again)
	_, other := p.curl(t, "-H", "Idempotency-Key: third")
	assert.NotEqual(t, body, other)

	printed := p.stop(t)
	for _, text := range []string{
		"base URL", "API_sandbox_0001", "sandbox-password-0001", "500001", "MerchantTransactionID", "order-0001",
		"key-store-failure", "lose-response", "replayed", // the ledger
	} {
		assert.Contains(t, printed, text)
	}
}

func TestStopsAlthoughAnAnswerIsDelayed(t *testing.T) {
	p := start(t, "-addr", "127.0.0.1:0", "-fault", "IssuePass=delay-after=1h")
	gone := p.ask(t)
	p.awaitRequest(t)
	assert.Contains(t, p.stop(t), "delay-after=1h")
	require.Error(t, <-gone)
}

func TestAnAnswerThatIsNearlyThereIsAwaited(t *testing.T) {
	p := start(t, "-addr", "127.0.0.1:0", "-fault", "IssuePass=delay-after=500ms")
	answered := p.ask(t)
	p.awaitRequest(t)
	p.stop(t)
	assert.NoError(t, <-answered)
}

func TestAFailureIsTheExitStatus(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "bardge-sandbox")
	require.NoError(t, exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").Run())
	said, err := exec.CommandContext(t.Context(), binary, "-vendor", "stripe").CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Contains(t, string(said), "bardge-sandbox: --vendor must be")
}

// ask sends a request, and returns its error. The channel must be read.
func (p *program) ask(t *testing.T) <-chan error {
	t.Helper()
	ended := make(chan error)
	request := p.request(t)
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			err = response.Body.Close()
		}
		ended <- err
	}()
	return ended
}

// awaitRequest waits until another client's request has reached the server:
// request ids are counted.
func (p *program) awaitRequest(t *testing.T) {
	t.Helper()
	base := regexp.MustCompile(`http://\S+/reseller`).FindString(p.out.String())
	for own := 1; ; own++ {
		response, err := http.Get(base + "/unknown")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		http.DefaultClient.CloseIdleConnections()
		if response.Header.Get("Bardge-Request-Id") != fmt.Sprintf("req_%04d", own) {
			return
		}
	}
}

func TestBadCommandLines(t *testing.T) {
	for name, args := range map[string][]string{
		"-addr":        {"-addr", "0.0.0.0:8787"},
		"-addr empty":  {"-addr", ":8787"},
		"-addr host":   {"-addr", "example.com:8787"},
		"-addr port":   {"-addr", "127.0.0.1"},
		"-fault":       {"-fault", "IssuePass=flood"},
		"-fault none":  {"-fault", "IssuePass"},
		"-fault op":    {"-fault", "Fly=lose-response"},
		"-fault other": {"-vendor", "bluesnap", "-fault", "IssuePass=lose-response"},
		"-vendor":      {"-vendor", "stripe"},
		"-faults":      {"-faults", "2"},
		"-faults-seed": {"-faults-seed", "x"},
		"unknown":      {"-unknown"},
		"one too many": {"now"},
	} {
		var out bytes.Buffer
		require.Error(t, run(context.Background(), args, &out, io.Discard), name)
		assert.Empty(t, out.String(), name)
	}
	require.NoError(t, run(context.Background(), []string{"-help"}, io.Discard, io.Discard))
}

// lines is a command's output, to be awaited.
type lines struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newLines() *lines { return &lines{changed: make(chan struct{}, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) await(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(l.String(), text) {
		select {
		case <-l.changed:
		case <-time.After(30 * time.Second):
			require.Fail(t, "not printed", "%q in %s", text, l.String())
		}
	}
}
