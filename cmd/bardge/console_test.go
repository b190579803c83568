package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal/sqlite"
	"github.com/bardge/bardge-go/sandbox"
)

// console starts "bardge console" and returns where it serves. At the end it is
// interrupted, which it takes for its ordinary end.
func (d *desk) console(args ...string) web.Ready {
	d.Helper()
	cmd := exec.CommandContext(d.Context(), program, append([]string{"console", "--ready-json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Env, cmd.Stderr = d.env, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	stdout, err := cmd.StdoutPipe()
	require.NoError(d, err)
	require.NoError(d, cmd.Start())
	d.Cleanup(func() {
		_ = cmd.Wait()
		assert.Zero(d, cmd.ProcessState.ExitCode(), stderr.String())
		assert.Empty(d, stderr.String())
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(d, err, &stderr)
	var ready web.Ready
	require.NoError(d, json.Unmarshal([]byte(line), &ready))
	return ready
}

// ago calls f with a client of the journal at a time in the past, in virtual
// time. Each request arrives, and its response is lost.
func (o *office) ago(d time.Duration, f func(ctx context.Context, c *bardge.Client)) {
	o.Helper()
	o.agoFor("acme", d, f)
}

// agoFor is ago for an account.
func (o *office) agoFor(account string, d time.Duration, f func(ctx context.Context, c *bardge.Client)) {
	o.Helper()
	path, now := strings.TrimPrefix(o.address, "sqlite:"), time.Now()
	synctest.Test(o.T, func(t *testing.T) {
		time.Sleep(time.Until(now.Add(-d)))
		network := memnet.Listen()
		server := &http.Server{
			ErrorLog: log.New(io.Discard, "", 0),
			Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				panic(http.ErrAbortHandler)
			}),
		}
		served := make(chan error)
		go func() { served <- server.Serve(network) }()
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return network.DialContext(ctx, "tcp", network.Addr().String())
		}}
		j, err := sqlite.Open(path, sqlite.WithRetention(sqlite.Forever))
		require.NoError(t, err)
		c, err := bardge.New(o.sandbox.APIKey, bardge.WithBaseURL(o.url), bardge.WithJournal(j, account),
			bardge.WithJournalSecret([]byte(secret)), bardge.WithHTTPClient(&http.Client{Transport: transport}))
		require.NoError(t, err)
		f(t.Context(), c)
		require.NoError(t, c.Close(t.Context()))
		require.NoError(t, j.Close())
		transport.CloseIdleConnections()
		require.NoError(t, server.Close())
		<-served
	})
}

// losePass has a pass issued whose response is lost.
func (o *office) losePass(ctx context.Context, c *bardge.Client, ref string) {
	_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
		ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
	}, bardge.WithRef(ref), bardge.WithMaxAttempts(1))
	assert.Equal(o, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
}

// loseLookup has a lookup begun whose response is lost.
func (o *office) loseLookup(ctx context.Context, c *bardge.Client, ref string) {
	_, _, err := c.Lookups.Initiate(ctx, bardge.InitiateLookupParams{
		IssuerID: o.sandbox.Seed.IssuerID, ClientID: o.sandbox.Seed.OtherClientID,
	}, bardge.WithRef(ref), bardge.WithMaxAttempts(1))
	assert.Equal(o, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
}

// signIn opens the console as a person does, by the printed address.
func (b *browser) signIn(ready web.Ready) {
	b.Helper()
	b.open(ready.URL)
	b.waitFor("h1", "Open operations")
	assert.Equal(b, ready.Origin+"/operations", evaluate[string](b, "location.href"), "the token has left the address bar")
}

// one opens the page of the operation with this ref.
func (b *browser) one(ready web.Ready, ref string) {
	b.Helper()
	b.open(ready.Origin + "/operations/one?id=" + url.QueryEscape("ref:"+ref))
	b.waitFor("h1", ref)
}

// TestConsoleResolvesAnOperation: an open operation is found and read, what the
// API shows is read, a report that comes too early is refused in place, and
// another is recorded with its note. Its ref then answers from the journal.
func TestConsoleResolvesAnOperation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(30*time.Hour, func(ctx context.Context, c *bardge.Client) { o.loseLookup(ctx, c, "order-15/lookup") })
	o.ago(3*time.Hour, func(ctx context.Context, c *bardge.Client) {
		o.losePass(ctx, c, "order-16/pass")
		o.losePass(ctx, c, "shop-4/2026-11-30/customer-with-a-very-long-number-0001/pass")
	})
	o.ago(20*time.Minute, func(ctx context.Context, c *bardge.Client) { o.losePass(ctx, c, "order-16/second") })
	c := o.program(secret)
	o.sandbox.Next(sandbox.PurchaseCredits, sandbox.ServerErrorAfter(500))
	_, _, err := c.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
		ClientID: o.sandbox.Seed.ClientID, PackageID: "credits_50",
	}, bardge.WithRef("order-16/credits"), bardge.WithMaxAttempts(2))
	require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
	o.issue(c, "order-17/pass", true)
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.signIn(ready)
	assert.Equal(t, "6 operations.", b.text("#found"))
	b.accessible("the list")
	b.picture("operations")

	b.awaitHTMX("form.filters")
	b.enter("#q", "17/pass")
	b.press(kb.Enter)
	b.waitFor("#found", "1 operation.")
	assert.Contains(t, evaluate[string](b, "location.search"), "q=17%2Fpass", "the address has the filter")
	b.click("#results tbody a")
	b.waitFor("h1", "order-17/pass")
	assert.Contains(t, b.text("main"), "Connection reset; all attempts are used.")
	assert.Contains(t, b.text("main"), "Its key still protects it")
	b.accessible("an operation")
	b.awaitHTMX("form[action='/operations/api']")
	b.click("form[action='/operations/api'] button")
	b.waitFor("#shown", "The API does not show whether it was executed.")
	assert.Equal(t, "/operations/one", evaluate[string](b, "location.pathname"), "in place")
	b.accessible("what the API shows")
	b.picture("operation")

	b.click("a[href^='/operations/resolve']")
	b.waitFor("h1", "Report what became of it")
	b.accessible("the form")
	assert.Contains(t, b.text("main form"), "Possible from ")
	b.report("not", "", "ada", "ticket 4711")
	b.waitFor("[role=alert]", "the operation may still be executed until")
	assert.Equal(t, "ada", evaluate[string](b, "document.getElementById('by').value"), "nothing has to be entered again")
	b.accessible("a refusal")
	b.picture("refusal")
	b.click("input[value=executed]")
	b.enter("#made", "brgpass_none")
	b.click("main button[type=submit]")
	b.waitFor("[role=alert]", "reading does not confirm the id")
	b.onNode(chromedp.Clear(chromedp.CSS("#made")))
	b.enter("#made", "brgpass_0001")
	b.click("main button[type=submit]")
	b.waitFor("h1", "Record this?")
	assert.Contains(t, b.text("main form"), "Checked: the API shows that IssuePass made or changed it.")
	b.accessible("the confirmation")
	b.picture("confirmation")
	b.click("button[name=change]")
	b.waitFor("h1", "Report what became of it")
	assert.Equal(t, "ticket 4711", evaluate[string](b, "document.getElementById('note').value"))
	b.click("main button[type=submit]")
	b.waitFor("h1", "Record this?")
	b.click("main button[type=submit]")
	b.waitFor("[role=status]", "The resolution was recorded.")
	for _, word := range []string{"Executed, id brgpass_0001", "with the API", "ada", "ticket 4711"} {
		assert.Contains(t, b.text("section[aria-labelledby=reports]"), word)
	}
	b.accessible("a resolved operation")
	b.picture("resolved")

	issued, response, err := c.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
		ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
	}, bardge.WithRef("order-17/pass"))
	require.NoError(t, err)
	assert.Equal(t, "brgpass_0001", issued.ID)
	assert.True(t, response.FromJournal)
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
	assert.Contains(t, o.done("journal", "show", "order-17/pass").stdout, "by ada: ticket 4711", "the record has it")
	closed(t, c)
}

// report fills the form of a report, and goes on to the confirmation.
func (b *browser) report(word, made, by, note string) {
	b.Helper()
	b.click("input[value=" + word + "]")
	for selector, text := range map[string]string{"#made": made, "#by": by, "#note": note} {
		if text != "" {
			b.enter(selector, text)
		}
	}
	b.click("main button[type=submit]")
}

// TestConsoleShowsAConflictInPlace: what another person has recorded meanwhile
// is shown with the form, and not overwritten.
func TestConsoleShowsAConflictInPlace(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.signIn(ready)
	b.open(ready.Origin + "/operations/resolve?id=ref:order-1")
	b.click("input[name=unverified]")
	b.report("executed", "brgpass_other", "ada", "")
	b.waitFor("h1", "Record this?")
	o.done("journal", "resolve", "order-1", "--executed", "brgpass_0001", "--by", "eve", "--yes")
	b.click("main button[type=submit]")
	b.waitFor("[role=alert]", "has changed since")
	assert.Contains(t, b.text("aside"), "done by a person's word", "the record as it is now")
	b.accessible("a conflict")
	shown := o.done("journal", "show", "order-1").stdout
	assert.Contains(t, shown, "by eve")
	assert.NotContains(t, shown, "by ada")
	closed(t, c)
}

// TestConsoleSendsAgain: inside its key's window an operation is sent again,
// once. A page that shows the button for longer sends nothing.
func TestConsoleSendsAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	o.ago(time.Hour, func(ctx context.Context, c *bardge.Client) { o.losePass(ctx, c, "order-2") })
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.signIn(ready)
	b.one(ready, "order-2")
	assert.NotContains(t, b.text("main"), "Send again")
	b.one(ready, "order-1")
	assert.Regexp(t, `Send again…\s+until \d\d:\d\d:\d\d UTC`, b.text(".actions"))
	assert.Contains(t, evaluate[string](b, "document.querySelector('details').textContent"), "not this one alone")
	b.click("a[href^='/operations/send']")
	b.waitFor("h1", "Send it again?")
	b.accessible("the question")
	b.picture("send")
	o.sandbox.Next(sandbox.IssuePass, sandbox.DelayBefore(3*time.Second))
	assert.Equal(t, "Sending… true", evaluate[string](b, `new Promise(done => {
		const button = document.querySelector("main button[type=submit]")
		button.click()
		setTimeout(() => done(button.textContent + " " + button.disabled))
	})`), "it is sent once")
	b.waitFor("[role=status]", "It was sent, and its result was recorded.")
	assert.Contains(t, b.text("aside"), "done")
	assert.Equal(t, 1, o.sandbox.Executed(sandbox.IssuePass))
	b.open(ready.Origin + "/operations/send?id=ref:order-1")
	assert.Contains(t, b.text("main"), "It was executed. Nothing has to be done.")
	closed(t, c)
}

// TestConsoleByKeyboard: all of it is reached and done with keys alone.
func TestConsoleByKeyboard(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.signIn(ready)
	b.press(kb.Tab)
	assert.Equal(t, "Skip to the content", evaluate[string](b, "document.activeElement.innerText"))
	b.press(kb.Enter)
	b.tabTo("#q")
	b.tabTo("#results tbody a")
	b.press(kb.Enter)
	b.waitFor("h1", "order-1")
	b.awaitHTMX("form[action='/operations/api']")
	b.tabTo("form[action='/operations/api'] button")
	b.press(kb.Enter)
	b.waitFor("#shown", "The API does not show")
	assert.True(t, evaluate[bool](b, "document.activeElement.matches('button')"), "the focus stays where it was")
	b.one(ready, "order-1")
	b.tabTo("a[href^='/operations/resolve']")
	b.press(kb.Enter)
	b.waitFor("h1", "Report what became of it")
	b.tabTo("input[name=word]")
	b.press(" ")
	b.tabTo("#made")
	b.do(chromedp.KeyEvent("brgpass_0001"))
	b.tabTo("#by")
	b.do(chromedp.KeyEvent("ada"))
	b.press(kb.Enter)
	b.waitFor("h1", "Record this?")
	b.tabTo("main button[type=submit]")
	b.press(kb.Enter)
	b.waitFor("[role=status]", "The resolution was recorded.")
	closed(t, c)
}

// tabTo presses the tab key until an element has the focus, which must be seen.
func (b *browser) tabTo(selector string) {
	b.Helper()
	focused := fmt.Sprintf("document.activeElement.matches(%q)", selector)
	for range 40 {
		b.press(kb.Tab)
		if evaluate[bool](b, focused) {
			assert.NotEqual(b, "none", evaluate[string](b, "getComputedStyle(document.activeElement).outlineStyle"), selector)
			return
		}
	}
	b.Fatalf("the tab key does not reach %s", selector)
}

// TestConsoleWithoutJavaScript: pages are links and forms; htmx only saves
// loading them anew.
func TestConsoleWithoutJavaScript(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	o.issue(c, "order-2", true)
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	b.signIn(ready)
	b.enter("#q", "order-1")
	b.click("form.filters button")
	b.waitFor("#found", "1 operation.")
	b.click("#results tbody a")
	b.waitFor("h1", "order-1")
	b.click("form[action='/operations/api'] button")
	b.waitFor("h1", "What the API shows")
	b.click("main a.button")
	b.waitFor("h1", "order-1")
	b.click("a[href^='/operations/resolve']")
	b.waitFor("h1", "Report what became of it")
	b.report("executed", "brgpass_0001", "ada", "")
	b.waitFor("h1", "Record this?")
	b.click("main button[type=submit]")
	b.waitFor("[role=status]", "The resolution was recorded.")
	closed(t, c)
}

// TestConsoleIsReadOnly: without --allow-writes pages have no buttons that
// change something, and what would is refused. The API is still read.
func TestConsoleIsReadOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	closed(t, c)
	before := o.content()
	ready := o.console()
	b := newBrowser(t)
	b.signIn(ready)
	assert.Equal(t, "Read only", b.text(".mode"))
	b.one(ready, "order-1")
	assert.NotContains(t, b.text("main"), "Resolve…")
	assert.NotContains(t, b.text("main"), "Send again")
	assert.Contains(t, b.text("main"), "This console is read only and has no buttons for it")
	b.click("form[action='/operations/api'] button")
	b.waitFor("#shown", "The API does not show whether it was executed.")
	for _, path := range []string{"/operations/resolve", "/operations/send"} {
		b.open(ready.Origin + path + "?id=ref:order-1")
		b.waitFor("h1", "Read only")
		assert.Equal(t, http.StatusMethodNotAllowed, evaluate[int](b, fmt.Sprintf(
			`fetch(%q, {method: "POST", body: new URLSearchParams({id: "ref:order-1", word: "not", by: "eve", confirmed: "yes"})}).then(r => r.status)`,
			path)))
	}
	b.accessible("a refusal")
	assert.Equal(t, before, o.content(), "nothing was changed")
}

// TestConsoleOnAPhone: on a narrow page nothing is cut off or wider than it.
func TestConsoleOnAPhone(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(30*time.Hour, func(ctx context.Context, c *bardge.Client) {
		o.loseLookup(ctx, c, "shop-4/2026-11-30/customer-with-a-very-long-number-0001/lookup")
		o.losePass(ctx, c, "order-"+strings.Repeat("1", 300))
	})
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.signIn(ready)
	narrow := func(name string) {
		b.accessible(name)
		b.picture(name)
		assert.LessOrEqual(t, evaluate[int](b, "document.documentElement.scrollWidth"), 390, name)
	}
	narrow("operations-phone")
	b.click("#results tbody a")
	b.waitFor("h1", "order-1")
	narrow("operation-phone")
	b.click("a[href^='/operations/resolve']")
	b.waitFor("h1", "Report what became of it")
	narrow("resolve-phone")
}

// TestConsoleOnPaper: nothing of a printed page is hidden in a box that
// scrolls, or wider than the paper.
func TestConsoleOnPaper(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(3*time.Hour, func(ctx context.Context, c *bardge.Client) {
		o.losePass(ctx, c, "shop-4/2026-11-30/customer-with-a-very-long-number-0001/pass")
	})
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.do(chromedp.EmulateViewport(718, 1000)) // A4, with margins
	b.signIn(ready)
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	whole := func(name string) {
		assert.LessOrEqual(t, evaluate[int](b, "document.documentElement.scrollWidth"), 718, name)
		assert.Empty(t, evaluate[string](b, `[...document.querySelectorAll("main *:not(.hidden)")]
			.filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX != "visible" && e.clientWidth > 1)
			.map(e => e.outerHTML.slice(0, 80)).join("; ")`), name)
	}
	whole("the list")
	b.one(ready, "shop-4/2026-11-30/customer-with-a-very-long-number-0001/pass")
	whole("an operation")
}

// TestConsoleOfAnEmptyJournal: a journal that was never used is no error, nor one
// that no secret opens.
func TestConsoleOfAnEmptyJournal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ready := d.console("--journal", d.journal())
	b := newBrowser(t)
	b.signIn(ready)
	b.waitFor("#results", "Nothing is open.")
	b.accessible("nothing")
	b.picture("nothing")
	b.open(ready.Origin + "/operations?q=x")
	b.waitFor("#results", "No operation matches.")
	b.open(ready.Origin + "/operations?older=soon")
	b.waitFor("h1", "Invalid request")
	b.open(ready.Origin + "/operations/one?id=ref:none")
	b.waitFor("h1", "Not found")
	b.accessible("not found")
	b.picture("not-found")
}

func TestConsoleWithoutTheSecretShowsWhatIsInTheClear(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	closed(t, c)
	ready := o.without("BARDGE_JOURNAL_SECRET", "BARDGE_API_KEY").console("--allow-writes")
	b := newBrowser(t)
	b.signIn(ready)
	assert.Contains(t, b.text("main"), "What is sealed is not shown")
	assert.Contains(t, b.text("#results"), "Sealed")
	b.one(ready, "order-1")
	assert.NotContains(t, b.text("main"), "Resolve…")
	b.accessible("sealed")
}

func TestConsoleNeedsSomethingToShow(t *testing.T) {
	t.Parallel()
	for text, row := range map[string]struct {
		code int
		args []string
	}{
		"nothing to show":              {3, nil},
		"there is no file at the path": {1, []string{"--journal", "sqlite:" + t.TempDir() + "/none.db"}},
		"the console listens on":       {3, []string{"--journal", newDesk(t).journal(), "--addr", "0.0.0.0:0"}},
		"a journal is sqlite:PATH or":  {3, []string{"--journal", "journal.db"}},
		`unknown command "x"`:          {3, []string{"x"}},
		"must not contain a password":  {3, []string{"--journal", "postgres://user:pw@host/db"}},
		"has fewer than 16 bytes":      {3, []string{"--journal", newDesk(t).journal(), "--journal-secret-file", newDesk(t).file("short")}},
	} {
		r := newDesk(t).run(append([]string{"console"}, row.args...)...)
		assert.Equal(t, row.code, r.code, "%v: %s", row.args, r.stderr)
		assert.Contains(t, r.stderr, text)
		assert.Empty(t, r.stdout)
	}
}

// TestConsoleStartsWithWhyTheAPIIsNotRead: the address is printed, and beside
// it, on standard error, what is missing.
func TestConsoleStartsWithWhyTheAPIIsNotRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	closed(t, c)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := exec.CommandContext(ctx, program, "console")
	cmd.Env, cmd.Cancel = o.without("BARDGE_BASE_URL").env, func() error { return cmd.Process.Signal(os.Interrupt) }
	stderr, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(stderr).ReadString('\n')
	require.NoError(t, err)
	assert.Contains(t, line, "does not read the API, and sends nothing: the journal belongs to")
	assert.Contains(t, line, "set BARDGE_BASE_URL")
	stop()
	_ = cmd.Wait()
	assert.Zero(t, cmd.ProcessState.ExitCode())
}
