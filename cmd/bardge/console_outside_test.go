package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestConsoleFromOutside: a person who is signed in opens a page on another port
// of the same machine, whose requests have the cookie: ports are one site. The
// page can neither frame the console, read it, send it a form nor open it under
// another name.
func TestConsoleFromOutside(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.issue(c, "order-1", true)
	closed(t, c)
	ready := o.console("--allow-writes")
	before := o.content()
	form := `<input name="id" value="ref:order-1"><input name="word" value="executed"><input name="by" value="eve">
		<input name="seen" value="1 open 0"><input name="confirmed" value="yes"><input name="unverified" value="yes">`
	page := fmt.Sprintf(`<iframe src="%[1]s/operations"></iframe><img src="%[1]s/operations/api?id=ref:order-1">
		<form id="form" method="post" action="%[1]s/operations/resolve">%[2]s</form>
		<a id="link" href="%[1]s/operations">here</a>`, html.EscapeString(ready.Origin), form)
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, page)
	}))
	t.Cleanup(outside.Close)
	requests := o.sandbox.Ledger()

	b := newBrowser(t)
	b.mayReport = true // which requests were blocked
	b.signIn(ready)
	b.open(outside.URL)
	assert.Contains(t, fmt.Sprint(b.reported()), "frame", "the frame is blocked")
	fetched := evaluate[string](b, fmt.Sprintf(
		`fetch(%q, {credentials: "include"}).then(r => r.text(), e => String(e))`, ready.Origin+"/operations"))
	assert.Contains(t, fetched, "TypeError", "nothing is read")
	sent := evaluate[string](b, fmt.Sprintf(
		`fetch(%q, {method: "POST", mode: "no-cors", credentials: "include",
			body: new URLSearchParams(new FormData(document.getElementById("form")))}).then(r => r.type, e => String(e))`,
		ready.Origin+"/operations/resolve"))
	assert.Contains(t, sent, "TypeError", "not even that there is a response is shown")
	b.click("#link")
	b.waitFor("h1", "Another origin")
	b.open(outside.URL)
	evaluate[bool](b, `document.getElementById("form").submit(), true`)
	b.waitFor("h1", "Another origin")
	assert.Equal(t, before, o.content(), "nothing was recorded")
	assert.Equal(t, requests, o.sandbox.Ledger(), "nothing was sent to the API")

	port := ready.Origin[strings.LastIndex(ready.Origin, ":"):]
	b.open("http://rebound.example" + port + "/operations")
	b.waitFor("h1", "Another host")
	b.open("http://localhost" + port + "/operations")
	b.waitFor("h1", "Not signed in")
	b.open(ready.URL)
	b.waitFor("h1", "Open operations")

	other := newBrowser(t)
	other.open(ready.URL)
	other.waitFor("h1", "Not signed in")
	assert.NotContains(t, other.text("body"), "order-1")
	other.accessible("not signed in")
	other.picture("not-signed-in")
}
