package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/sandboxserver"
)

// live is a sandbox in another process, with its page, and a desk whose calls
// reach it.
type live struct {
	*desk

	ready sandboxserver.Ready
}

func newLive(t *testing.T, args ...string) *live {
	t.Helper()
	return newLiveUntil(t.Context(), t, args...)
}

// newLiveUntil is newLive with a sandbox that is interrupted when ctx ends.
func newLiveUntil(ctx context.Context, t *testing.T, args ...string) *live {
	t.Helper()
	d := newDesk(t)
	cmd := exec.CommandContext(ctx, program,
		append([]string{"sandbox", "serve", "--addr", "127.0.0.1:0", "--ready-json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stderr = d.env, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Wait()
		assert.Zero(t, cmd.ProcessState.ExitCode(), stderr.String())
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err, &stderr)
	l := &live{desk: d}
	require.NoError(t, json.Unmarshal([]byte(line), &l.ready))
	d.set("BARDGE_BASE_URL", l.ready.BaseURL)
	d.set("BARDGE_API_KEY", l.ready.Credentials["api_key"])
	return l
}

// faults plants faults in the sandbox, as its own tests do.
func (l *live) faults(body string) {
	l.Helper()
	l.control(http.MethodPost, "faults", body)
}

// stayDown makes an outage that the page has begun last: a slow machine may need
// more than the page's 30 s.
func (l *live) stayDown() {
	l.Helper()
	l.control(http.MethodPut, "outage", `{"for":"1h"}`)
}

func (l *live) control(method, what, body string) {
	l.Helper()
	r, err := http.NewRequestWithContext(l.Context(), method, l.ready.ControlURL+what, strings.NewReader(body))
	require.NoError(l, err)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	require.NoError(l, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(l, err)
	require.Equal(l, http.StatusOK, resp.StatusCode, string(text))
}

// issue is a command line that issues a pass.
func (l *live) issue(more ...string) []string {
	return append([]string{
		"issued-passes", "issue", "--client-id", l.ready.Seed["ClientID"], "--pass-id", l.ready.Seed["PassID"],
	}, more...)
}

// A lost response appears by itself, in words, and the retry turns its lane to
// done.
func TestLiveShowsALostResponse(t *testing.T) {
	t.Parallel()
	l := newLive(t, "--account", "team-b:KEY-B")
	b := newBrowser(t)
	b.open(l.ready.ConsoleURL)
	b.waitFor("#lanes", "No request yet")
	assert.NotContains(t, evaluate[string](b, "location.href"), "token", "it has left the address bar")
	b.click("#lose")
	b.waitFor("#notice", "The next response is lost")
	b.waitFor("#steering", "lose-response for IssuePass")

	l.done(l.issue()...)
	b.waitFor("#lanes", "done")
	lane := b.text(".lane")
	for _, says := range []string{"IssuePass", "key_0001", "executed", "lose-response", "no response", "done"} {
		assert.Contains(t, lane, says)
	}
	assert.Contains(t, b.text("#counts"), "1 executed, 1 replayed")
	b.waitFor("#state", "Ada Okafor")
	b.waitFor("#steering", "none waits")

	other := newDesk(t)
	other.env = append(other.env, "BARDGE_BASE_URL="+l.ready.BaseURL, "BARDGE_API_KEY=KEY-B")
	other.done(l.issue()...)
	b.waitFor("#lanes", "team-b")
	l.faults(`{"faults":[{"operation":"IssuePass","fault":"unavailable=0s"},
		{"operation":"IssuePass","fault":"reset-before"},{"operation":"IssuePass","fault":"lose-response"}]}`)
	l.run(l.issue("--max-attempts", "2")...)
	l.run(l.issue("--max-attempts", "1")...)
	l.run("issued-passes", "issue", "--client-id", "nobody", "--pass-id", "none")
	b.waitFor("#lanes", "pass_not_found") // of the last request
	for _, says := range []string{"executed, response lost", "dropped", "rejected", "not executed yet", "reset-before"} {
		assert.Contains(t, b.text("#lanes"), says)
	}
	b.accessible("live requests")
	b.picture("live-requests")
}

// The outage cuts a call off that runs: it ends unknown, and resuming it under
// its ref turns the lane to done, with one pass issued.
func TestLiveOutageEndsACallUnknownAndResumingItIsDone(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.set("BARDGE_JOURNAL", l.journal())
	l.set("BARDGE_JOURNAL_SECRET", secret)
	l.set("BARDGE_ACCOUNT", "acme")
	l.faults(`{"faults":[{"operation":"IssuePass","fault":"delay-after=10s"}]}`)
	b := newBrowser(t)
	b.open(l.ready.ConsoleURL)
	b.waitFor("#steering", "delay-after=10s")

	order := l.issue("--ref", "order-17/pass", "--max-attempts", "1")
	ended := make(chan result, 1)
	go func() { ended <- l.run(order...) }()
	b.waitFor("#lanes", "running")
	b.click("#down")
	b.waitFor("#steering", "down until")
	l.stayDown()
	b.do(chromedp.SetValue(chromedp.CSS("#by"), "10s"))
	b.click("#advance")
	b.waitFor("#lanes", "executed, response lost")
	cut := <-ended
	assert.Equal(t, 5, cut.code, "the outcome is unknown: %s", cut.stderr)
	b.picture("live-outage")

	b.click("#up")
	b.waitFor("#notice", "back on the network")
	l.done(order...)
	b.waitFor("#lanes", "done")
	assert.Contains(t, b.text(".lane"), "replayed")
	assert.Contains(t, b.text("#counts"), "1 executed, 1 replayed")
}

// The outage cuts the quickstart off, which runs in a process of its own: it ends
// unknown, and resuming it with the key that it has printed turns the lane to
// done.
func TestLiveOutageEndsTheQuickstartUnknownAndResumingItIsDone(t *testing.T) {
	t.Parallel()
	quickstart := filepath.Join(t.TempDir(), "quickstart")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "../..", "-o", quickstart, "./examples/quickstart")
	text, err := build.CombinedOutput()
	require.NoError(t, err, string(text))
	l := newLive(t)
	start := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), quickstart, args...)
		cmd.Env = l.env
		text, err := cmd.CombinedOutput()
		return string(text), err
	}
	l.faults(`{"faults":[{"operation":"IssuePass","fault":"delay-after=1m"}]}`)
	b := newBrowser(t)
	b.open(l.ready.ConsoleURL)
	b.waitFor("#steering", "delay-after=1m")

	ended := make(chan string, 1)
	go func() {
		text, err := start()
		assert.Error(t, err)
		ended <- text
	}()
	b.waitFor("#lanes", "running")
	b.click("#down")
	b.waitFor("#steering", "down until")
	l.stayDown()
	cut := <-ended
	assert.Contains(t, cut, "unknown")
	_, key, ok := strings.Cut(cut, "resume it with the key ")
	require.True(t, ok, cut)
	key, _, _ = strings.Cut(key, "\n")

	b.click("#up")
	b.waitFor("#notice", "back on the network")
	resumed, err := start(key)
	require.NoError(t, err, resumed)
	assert.Contains(t, resumed, "replayed: true")
	b.waitFor("#lanes", "done")
	assert.Contains(t, b.text("#counts"), "1 executed, 1 replayed")
}

func TestLiveClockKeysAndReset(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	b := newBrowser(t)
	b.open(l.ready.ConsoleURL)
	key := []string{"--key", "key-of-a-test"}
	l.done(l.issue(key...)...)
	b.waitFor("#counts", "1 executed")
	b.click("#forget")
	b.waitFor("#notice", "keys are forgotten")
	l.done(l.issue(key...)...)
	b.waitFor("#lanes", "executed more than once")
	assert.NotContains(t, b.text("body"), "key-of-a-test", "no key is shown in full")

	b.click("#advance")
	b.waitFor("#steering", "1\u00a0min 31\u00a0s ahead")
	b.click(".card details summary")
	b.click("#reset")
	b.waitFor("#lanes", "No request yet")
	assert.Contains(t, b.text("#counts"), "0 requests")
}

// Marks wrap within their column, the page is never wider than the window, and a
// print has all of it but what is of no use on paper.
func TestLiveFitsTheWindow(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	faults := []string{"server-error-after=500", "unavailable=0s", "proxy-page-after=200", "cut-response", "reset-before"}
	for _, fault := range faults {
		l.faults(`{"faults":[{"operation":"IssuePass","fault":"` + fault + `"}]}`)
		l.run(l.issue("--max-attempts", "1", "--key", "key-"+strings.Repeat(fault, 3))...)
	}
	l.run(l.issue("--max-attempts", "3", "--key", "key-"+strings.Repeat(faults[0], 3))...)
	b := newBrowser(t)
	b.open(l.ready.ConsoleURL)
	b.waitFor("#lanes", "proxy-page-after=200")
	fits := func(name string, width int) {
		assert.LessOrEqual(t, evaluate[int](b, "document.documentElement.scrollWidth"), width, name)
		assert.Empty(t, evaluate[[]string](b, `[...document.querySelectorAll(".mark .body, .became .tag")].filter(e =>
			e.getBoundingClientRect().right > e.closest(".marks, .became").getBoundingClientRect().right + 1
		).map(e => e.innerText)`), name)
	}
	for _, width := range []int{1280, 900, 400} {
		b.do(chromedp.EmulateViewport(int64(width), 900))
		fits(fmt.Sprint("live-", width), width)
		b.picture(fmt.Sprint("live-", width))
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	b.do(chromedp.EmulateViewport(718, 900)) // as A4 has it
	fits("live-print", 718)
	assert.NotContains(t, b.text("main"), "Reload")
	assert.NotContains(t, b.text("main"), "Lose it")
	assert.Empty(t, evaluate[[]string](b, `[...document.querySelectorAll("main *")].filter(e =>
		e.clientWidth > 0 && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
		&& getComputedStyle(e).overflow != "visible" && !e.matches(".hidden")).map(e => e.outerHTML)`), "nothing is cut")
}

// All can be done without a mouse, and what changes by itself leaves the focus
// where it is.
func TestLiveWithTheKeyboard(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	b := newBrowser(t)
	b.open(l.ready.ConsoleURL)
	b.waitFor("h1", "Live requests")
	focused := func() string { return evaluate[string](b, "document.activeElement.id") }
	for range 30 {
		if focused() == "lose" {
			break
		}
		b.press(kb.Tab)
	}
	require.Equal(t, "lose", focused())
	b.press(kb.Enter)
	b.waitFor("#steering", "lose-response for IssuePass")
	l.done(l.issue()...)
	b.waitFor("#lanes", "done")
	assert.Equal(t, "lose", focused())

	b.press(kb.Enter)
	b.waitFor("#steering", "lose-response for IssuePass")
	b.do(chromedp.Focus(chromedp.CSS("#spare")))
	b.press(kb.Enter)
	b.waitFor("#steering", "none waits")
	b.waitFor("#notice", "No fault waits any more")
	assert.Contains(t, evaluate[string](b, "document.activeElement.innerText"), "No fault waits any more",
		"the button is gone: the focus is on what it has done")
}

// Reads are below what was done, and a sandbox that has gone leaves no cards
// with nothing in them.
func TestLiveReadsAndASandboxThatIsGone(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	l := newLiveUntil(ctx, t)
	ready := object(t, l.consoleOf(t.Context(), "--sandbox", l.ready.ControlURL))
	l.done(l.issue()...)
	l.done("clients", "get", l.ready.Seed["ClientID"])
	b := newBrowser(t)
	b.open(ready["url"].(string))
	b.waitFor("#lanes", "Reads")
	b.waitFor(".side", "API key")
	assert.Contains(t, b.text(".lane"), "IssuePass", "it is above the read that came after it")
	b.picture("live-reads")
	stop()
	b.waitFor("#counts", "The sandbox cannot be read")
	assert.False(t, evaluate[bool](b, `document.querySelector(".side").checkVisibility()`))
	b.picture("live-gone")
}

// consoleOf starts "bardge console" until ctx ends, and returns its line.
func (l *live) consoleOf(ctx context.Context, args ...string) string {
	l.Helper()
	cmd := exec.CommandContext(ctx, program, append([]string{"console", "--ready-json"}, args...)...)
	cmd.Env = l.env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	stdout, err := cmd.StdoutPipe()
	require.NoError(l, err)
	require.NoError(l, cmd.Start())
	l.Cleanup(func() { _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(l, err)
	return line
}

// visitor is a browser without script.
type visitor struct {
	*testing.T

	origin, authorization string
	http                  *http.Client
}

func newVisitor(t *testing.T, ready string) *visitor {
	t.Helper()
	fields := object(t, ready)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{t, fields["origin"].(string), fields["authorization"].(string), &http.Client{Jar: jar}}
}

func (v *visitor) do(method, path string, form url.Values, header ...string) (status int, body string) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, v.origin+path, strings.NewReader(form.Encode()))
	require.NoError(v, err)
	r.Header.Set("Authorization", v.authorization)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := v.http.Do(r)
	require.NoError(v, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(v, err)
	return resp.StatusCode, string(text)
}

func (v *visitor) get(path string) string {
	v.Helper()
	status, body := v.do(http.MethodGet, path, nil)
	require.Equal(v, http.StatusOK, status, body)
	return body
}

// Without script the buttons are forms that lead back to the page, and a console
// that is read only for journals steers its sandbox. Other origins do not.
func TestLiveWithoutScript(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	v := newVisitor(t, l.consoleOf(t.Context(), "--sandbox", l.ready.ControlURL))

	status, body := v.do(http.MethodPost, "/live/lose", url.Values{"operation": {"IssuePass"}})
	assert.Equal(t, http.StatusOK, status, "after a redirect")
	assert.Contains(t, body, "The next response is lost")
	assert.Contains(t, body, "lose-response</span> for IssuePass")
	l.done(l.issue()...)
	body = v.get("/live")
	assert.Contains(t, body, "key_0001")
	assert.Contains(t, body, ">replayed<")
	assert.Contains(t, body, "curl -i -X POST")
	assert.Contains(t, v.get("/live/openapi.json"), `"openapi": "3.1.0"`)

	status, body = v.do(http.MethodPost, "/live/lose", url.Values{"operation": {"NoSuch"}})
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, body, "The sandbox was not changed:")
	assert.Contains(t, body, "key_0001", "the page is there")
	status, _ = v.do(http.MethodPost, "/live/advance", url.Values{"by": {"876000h"}})
	assert.Equal(t, http.StatusConflict, status)

	status, _ = v.do(http.MethodPost, "/live/reset", nil, "Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site")
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, v.get("/live"), "key_0001", "nothing was reset")
	for _, path := range []string{"/live", "/live/events", "/live/openapi.json"} {
		status, _ = v.do(http.MethodGet, path, nil, "Authorization", "Bearer wrong")
		assert.Equal(t, http.StatusUnauthorized, status, path)
	}
	status, _ = v.do(http.MethodPost, "/other", nil)
	assert.Equal(t, http.StatusMethodNotAllowed, status, "only the sandbox's own pages take writes")
}
