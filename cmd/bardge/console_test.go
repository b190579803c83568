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
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/internal/memnet"
	"github.com/bardge/bardge-go/journal/sqlite"
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
		c, err := bardge.New(o.sandbox.APIKey, bardge.WithBaseURL(o.url), bardge.WithJournal(j, "acme"),
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

func TestTmpShots(t *testing.T) {
	o := newOffice(t, sqliteStore(t))
	seed := o.sandbox.Seed
	lose := func(ctx context.Context, c *bardge.Client, ref string) {
		_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: seed.ClientID, PassID: seed.PassID}, bardge.WithRef(ref), bardge.WithMaxAttempts(1))
		require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
	}
	for i, d := range []time.Duration{30 * time.Hour, 3 * time.Hour, 2 * time.Hour, 40 * time.Minute, 10 * time.Minute, 9 * time.Minute, 5 * time.Minute, time.Minute} {
		o.ago(d, func(ctx context.Context, c *bardge.Client) {
			lose(ctx, c, fmt.Sprintf("order-%d/pass", 17+i))
			if i%2 == 0 {
				_, _, err := c.Lookups.Initiate(ctx, bardge.InitiateLookupParams{IssuerID: seed.IssuerID, ClientID: seed.OtherClientID}, bardge.WithRef(fmt.Sprintf("shop-4/2026-11-30/customer-with-a-very-long-number-000%d/lookup", i)), bardge.WithMaxAttempts(1))
				require.Error(t, err)
			}
			if i == 2 {
				_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: seed.ClientID, PassID: seed.PassID}, bardge.WithMaxAttempts(2))
				require.Error(t, err)
				_, _, err = c.Bookings.Cancel(ctx, "booking_none", bardge.WithRef("cancel"), bardge.WithMaxAttempts(2))
				require.Error(t, err)
			}
		})
	}
	o.issue(o.program(secret), "order-99/pass", true)
	ready := o.console("--allow-writes")
	b := newBrowser(t)
	b.open(ready.URL)
	b.waitFor("h1", "Open operations")
	b.accessible("list")
	b.picture("list")
	b.open(ready.Origin + "/operations/one?id=ref:order-18/pass")
	b.accessible("one")
	b.picture("one")
	b.click("form[action='/operations/api'] button")
	b.waitFor("#shown", "The API")
	b.accessible("api")
	b.picture("one-api")
	b.open(ready.Origin + "/operations/resolve?id=ref:order-18/pass")
	b.accessible("resolve")
	b.picture("resolve")
	b.click("input[value=not]")
	b.enter("#by", "ada")
	b.enter("#note", "ticket 4711")
	b.click("button.main")
	b.waitFor("h1", "Record this?")
	b.accessible("confirm")
	b.picture("confirm")
	b.open(ready.Origin + "/operations/send?id=ref:order-99/pass")
	b.accessible("send")
	b.picture("send")
	b.open(ready.Origin + "/operations?q=nothing")
	b.picture("empty")
	b.do(chromedp.EmulateViewport(390, 844))
	b.open(ready.Origin + "/operations")
	b.accessible("list mobile")
	b.picture("list-mobile")
	b.open(ready.Origin + "/operations/one?id=ref:order-18/pass")
	b.picture("one-mobile")
}
