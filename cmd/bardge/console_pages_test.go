package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/journalcmd"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// An operation without a ref has its key as its id. No page and no address has
// it in full; what names it instead leads to it.
func TestConsoleShowsNoKey(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	var keys []string
	o.ago(time.Hour, func(ctx context.Context, c *bardge.Client) {
		for range 60 {
			_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
				ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
			}, bardge.WithMaxAttempts(1))
			failure, ok := errors.AsType[*bardge.Error](err)
			require.True(t, ok, err)
			keys = append(keys, failure.Key.String())
		}
	})
	p := o.pages(true)
	hidden := func(body string) {
		for _, key := range keys {
			require.NotContains(t, body, key)
		}
	}
	body := p.get("/operations")
	hidden(body)
	names, next := rows(body)
	require.Len(t, names, 50)
	hidden(next)
	body = p.get(next)
	hidden(body)
	more, last := rows(body)
	assert.Len(t, more, 10)
	assert.Empty(t, last)
	assert.NotContains(t, names, more[0])
	for _, name := range []string{names[0], names[49], more[9]} {
		for _, path := range []string{"/operations/one", "/operations/api", "/operations/resolve", "/operations/send"} {
			body := p.get(path + "?id=" + name)
			hidden(body)
			assert.Contains(t, body, "No ref, key ")
		}
	}
	for _, name := range []string{names[0] + "0", "key:~", "key:0190", "key:0190~0011223344556677", "key:"} {
		status, body := p.send("/operations/one?id="+url.QueryEscape(name), "")
		assert.Equal(t, http.StatusNotFound, status, name)
		hidden(body)
	}
}

// TestConsoleRefusesInPlace: a page of its own status for each refusal.
func TestConsoleRefusesInPlace(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(time.Hour, func(ctx context.Context, c *bardge.Client) { o.losePass(ctx, c, "late") })
	c := o.program(secret)
	o.issue(c, "early", true)
	o.issue(c, "done", false)
	closed(t, c)
	p := o.pages(true)
	form := func(ref string, pairs ...string) string {
		f := url.Values{"id": {"ref:" + ref}, "seen": {"1 open 0"}, "word": {"executed"}, "by": {"ada"}, "confirmed": {"yes"}}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f.Encode()
	}
	before := o.content()
	for name, row := range map[string]struct {
		path, form string
		status     int
		says       string
	}{
		"no word":               {"/operations/resolve", form("late", "word", ""), 422, "Choose what you found."},
		"no name":               {"/operations/resolve", form("late", "by", " "), 422, "Enter who reports it."},
		"a long note":           {"/operations/resolve", form("late", "note", string(make([]byte, 2001))), 422, "longer than 2,000 bytes"},
		"not executed, made":    {"/operations/resolve", form("late", "word", "not", "made", "x"), 422, "made nothing"},
		"it has changed":        {"/operations/resolve", form("late", "seen", "2 open 0"), 409, "has changed since"},
		"no state was seen":     {"/operations/resolve", form("late", "seen", ""), 409, "has changed since"},
		"too early":             {"/operations/resolve", form("early", "word", "not"), 409, "may still be executed"},
		"an id of nothing":      {"/operations/resolve", form("late", "made", "brgpass_none"), 409, "does not confirm the id"},
		"the API knows":         {"/operations/resolve", form("done", "seen", "1 done 0", "word", "not"), 409, "proven another outcome"},
		"no such operation":     {"/operations/resolve", form("none"), 404, "no such operation"},
		"too late to be sent":   {"/operations/send", form("late"), 409, "can no longer be sent safely"},
		"sent, but it is done":  {"/operations/send", form("done"), 409, "can no longer be sent safely"},
		"sent, but none":        {"/operations/send", form("none"), 404, "no such operation"},
		"no operation is named": {"/operations/one", "", 400, "names no operation"},
		"no such state":         {"/operations?state=lost", "", 400, "no such state"},
		"no such age":           {"/operations?older=-1h", "", 400, "not a duration"},
		"no such step":          {"/operations?need=luck", "", 400, "no such next step"},
		"no such page":          {"/operations/none", "", 404, "no such page"},
		"a form of none":        {"/operations", form("late"), 404, "no such page"},
	} {
		status, body := p.send(row.path, row.form)
		assert.Equal(t, row.status, status, name)
		assert.Contains(t, body, row.says, name)
		assert.NotContains(t, body, secret, name)
		assert.NotContains(t, body, o.sandbox.APIKey, name)
	}
	assert.Equal(t, before, o.content(), "nothing was recorded")
	assert.Equal(t, 2, o.sandbox.Executed(sandbox.IssuePass))

	confirm := form("late", "made", "brgpass_0001", "unverified", "yes", "confirmed", "", "note", "<b>ticket</b>")
	status, body := p.send("/operations/resolve", confirm)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "Record this?")
	assert.Contains(t, body, "&lt;b&gt;ticket")
	assert.Equal(t, before, o.content(), "a question records nothing")
	status, _ = p.send("/operations/resolve", confirm+"&confirmed=yes")
	assert.Equal(t, http.StatusOK, status, "the first value counts")
	status, _ = p.send("/operations/resolve", form("late", "made", "brgpass_9", "unverified", "yes", "note", "<b>ticket</b>"))
	assert.Equal(t, http.StatusSeeOther, status)
	body = p.get("/operations/one?id=ref:late&done=recorded")
	assert.Contains(t, body, "The resolution was recorded.")
	assert.NotContains(t, body, "<b>ticket</b>")
	assert.Contains(t, p.get("/operations?state=done"), "Resolved as executed brgpass_9, not checked with the API, by ada")
}

// What another vendor's journal shows is shown in the same way, and what the API
// proves is a conflict.
func TestConsoleOfBlueSnap(t *testing.T) {
	t.Parallel()
	d, sb := bluesnapDesk(t)
	s := sqliteStore(t)
	o := &office{desk: d, store: s}
	d.set("BARDGE_JOURNAL", s.address)
	d.set("BARDGE_JOURNAL_SECRET", secret)
	base := ""
	for _, v := range d.env {
		if rest, ok := strings.CutPrefix(v, "BLUESNAP_BASE_URL="); ok {
			base = rest
		}
	}
	c, err := bluesnap.New(sb.Username, sb.Password, bluesnap.WithBaseURL(base), bluesnap.WithJournal(s.open(), "shop"),
		bluesnap.WithMerchantID(sb.MerchantID), bluesnap.WithJournalSecret([]byte(secret)))
	require.NoError(t, err)
	sb.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
	_, _, err = c.Transactions.Create(t.Context(), bluesnap.CardTransactionParams{
		Type: bluesnap.AuthCapture, Amount: "11.00", Currency: "USD",
		CreditCard: &bluesnap.CreditCard{Number: "4263982640269299", SecurityCode: "837", ExpirationMonth: "02", ExpirationYear: "2033"},
	}, bluesnap.WithRef("order-1"), bluesnap.WithMaxAttempts(1))
	require.Error(t, err)
	require.NoError(t, c.Close(t.Context()))
	p := o.pages(true)
	assert.Contains(t, p.get("/operations"), "order-1")
	assert.Contains(t, p.get("/operations/api?id=ref:order-1"), "The API shows that it was executed.")
	f := url.Values{"id": {"ref:order-1"}, "seen": {"1 open 0"}, "word": {"not"}, "by": {"ada"}}
	status, body := p.send("/operations/resolve", f.Encode())
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, body, "the API shows that it was executed")
	status, _ = p.send("/operations/send", f.Encode())
	assert.Equal(t, http.StatusSeeOther, status)
	assert.Contains(t, p.get("/operations/one?id=ref:order-1"), "It was executed. Nothing has to be done.")
}

// Sending takes up one operation, and no other one.
func TestConsoleSendsOneOperationAlone(t *testing.T) {
	t.Parallel()
	inOffice(t, func(t *testing.T, o *office) {
		c := o.program(secret)
		o.issue(c, "order-1", true)
		o.issue(c, "order-2", true)
		closed(t, c)
		p := o.pages(true)
		status, _ := p.send("/operations/send", url.Values{"id": {"ref:order-2"}}.Encode())
		assert.Equal(t, http.StatusSeeOther, status)
		assert.Contains(t, p.get("/operations/one?id=ref:order-2&done=done"), "It was sent, and its result was recorded.")
		other := p.get("/operations/one?id=ref:order-1")
		assert.Contains(t, other, "<dt>Attempts</dt><dd>1</dd>", "it is left as it was")
		assert.NotContains(t, other, "<dt>Recovery</dt>")
		assert.Equal(t, 3, o.sandbox.Requests(sandbox.IssuePass))
		assert.Equal(t, 2, o.sandbox.Executed(sandbox.IssuePass))
	})
}

// An operation is sent at once, also if recovery would pass it over for a time.
// Here that time is in the future.
func TestConsoleSendsBeforeRecoveryWould(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(-time.Hour, func(ctx context.Context, c *bardge.Client) {
		_, _, err := c.Bookings.Cancel(ctx, "booking_none", bardge.WithRef("cancel"), bardge.WithMaxAttempts(1))
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		for r, err := range c.Recover(ctx) {
			require.NoError(t, err)
			assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		}
	})
	p := o.pages(true)
	require.Contains(t, p.get("/operations/one?id=ref:cancel"), "<dt>Recovery</dt>", "recovery has put it back")
	o.run("journal", "recover")
	require.Zero(t, o.sandbox.Requests(sandbox.CancelBooking), "recovery passes it over")
	status, _ := p.send("/operations/send", url.Values{"id": {"ref:cancel"}}.Encode())
	assert.Equal(t, http.StatusSeeOther, status)
	assert.Positive(t, o.sandbox.Requests(sandbox.CancelBooking))
}

// What a call works on is not sent, and not resolved.
func TestConsoleLeavesACallItsOperation(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	c := o.program(secret)
	o.sandbox.Next(sandbox.IssuePass, sandbox.DelayBefore(10*time.Second))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _, _ = c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{
			ClientID: o.sandbox.Seed.ClientID, PassID: o.sandbox.Seed.PassID,
		}, bardge.WithRef("order-1"))
	}()
	defer func() {
		stop()
		<-ended
		closed(t, c)
	}()
	p := o.pages(true)
	require.Eventually(t, func() bool {
		status, body := p.send("/operations/one?id=ref:order-1", "")
		return status == http.StatusOK && strings.Contains(body, "A call is under way")
	}, 20*time.Second, 20*time.Millisecond)
	page := p.get("/operations/one?id=ref:order-1")
	assert.NotContains(t, page, "/operations/send")
	assert.NotContains(t, page, "/operations/resolve")
	status, _ := p.send("/operations/send", url.Values{"id": {"ref:order-1"}}.Encode())
	assert.Equal(t, http.StatusConflict, status)
	f := url.Values{"id": {"ref:order-1"}, "seen": {"1 open 0"}, "word": {"not"}, "by": {"ada"}, "confirmed": {"yes"}}
	status, body := p.send("/operations/resolve", f.Encode())
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, body, "may still be executed")
	_, err := p.Send(t.Context(), "ref:order-1")
	assert.ErrorIs(t, err, journalcmd.ErrNotTaken)
	assert.Equal(t, 1, o.sandbox.Requests(sandbox.IssuePass))
}

// Where the API is not the journal's, or does not answer, a page states why.
func TestConsoleStatesWhyTheAPIIsNotRead(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(time.Hour, func(ctx context.Context, c *bardge.Client) {
		_, _, err := c.Credits.Purchase(ctx, bardge.PurchaseCreditsParams{
			ClientID: o.sandbox.Seed.ClientID, PackageID: "credits_50",
		}, bardge.WithRef("order-1"), bardge.WithMaxAttempts(1))
		assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), err)
	})
	other := &office{desk: o.without("BARDGE_BASE_URL"), store: o.store, sandbox: o.sandbox, url: o.url}
	assert.Contains(t, other.pages(false).get("/operations"), "set BARDGE_BASE_URL to call the API there")

	p := o.pages(false)
	assert.NotContains(t, p.get("/operations"), "The API is not read")
	o.api.Close()
	body := p.get("/operations/api?id=ref:order-1")
	assert.Contains(t, body, "The API could not be read: connection refused.")
	assert.NotContains(t, body, "never proves")
}

// A report is tried before a person confirms it: its id is read where the API
// can show it, what would be refused is refused, and nothing is recorded.
func TestConsoleChecksAReportFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(time.Hour, func(ctx context.Context, c *bardge.Client) {
		o.losePass(ctx, c, "pass")
		o.loseLookup(ctx, c, "lookup")
	})
	c := o.program(secret)
	o.issue(c, "early", true)
	closed(t, c)
	p := o.pages(true)
	form := func(ref, word, made string, more ...string) string {
		f := url.Values{"id": {"ref:" + ref}, "seen": {"1 open 0"}, "word": {word}, "made": {made}, "by": {"ada"}, "note": {"ticket 4711"}}
		for _, name := range more {
			f.Set(name, "yes")
		}
		return f.Encode()
	}
	before := o.content()
	for name, row := range map[string]struct {
		form   string
		status int
		says   string
	}{
		"an id that the API shows":      {form("early", "executed", "brgpass_0001"), 200, "Checked: the API shows that IssuePass made or changed it."},
		"an id of nothing":              {form("pass", "executed", "brgpass_none"), 409, "does not confirm the id"},
		"an id that is believed":        {form("pass", "executed", "brgpass_none", "unverified"), 200, "believed without reading the API"},
		"an id that no call shows":      {form("lookup", "executed", "lookup_1"), 200, "the id is recorded unchecked"},
		"no id":                         {form("lookup", "executed", ""), 200, "None. Later calls report a lost response."},
		"not executed":                  {form("pass", "not", ""), 200, "was not executed"},
		"not executed, too early":       {form("early", "not", ""), 409, "may still be executed until"},
		"back to the form":              {form("lookup", "executed", "lookup_1", "confirmed", "change"), 200, "value=\"lookup_1\""},
		"back to the form with a note":  {form("lookup", "executed", "lookup_1", "confirmed", "change"), 200, "ticket 4711</textarea>"},
		"back to the form, as executed": {form("lookup", "executed", "", "change"), 200, "value=\"executed\" checked"},
	} {
		status, body := p.send("/operations/resolve", row.form)
		assert.Equal(t, row.status, status, name)
		assert.Contains(t, body, row.says, name)
	}
	assert.Equal(t, before, o.content(), "nothing was recorded")

	early := p.get("/operations/resolve?id=ref:early")
	assert.Regexp(t, `Possible from \d\d:\d\d:\d\d`, early)
	assert.Contains(t, early, "is surer: its key still protects it")
	assert.NotContains(t, p.get("/operations/resolve?id=ref:pass"), "Possible from")

	status, _ := p.send("/operations/resolve", form("lookup", "executed", "lookup_1", "confirmed"))
	require.Equal(t, http.StatusSeeOther, status)
	again := p.get("/operations/resolve?id=ref:lookup")
	assert.Contains(t, again, "ada has reported at")
	assert.Contains(t, again, `value="lookup_1"`)
	assert.Contains(t, again, `value="executed" checked`)
	assert.NotContains(t, again, `value="ada"`, "another person may correct it")
}

// A journal belongs to one account, as all of its operations do, also those from
// before a rebind: there is nothing to filter by.
func TestConsoleOfARenamedAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	lose := func(ref string) func(context.Context, *bardge.Client) {
		return func(ctx context.Context, c *bardge.Client) { o.losePass(ctx, c, ref) }
	}
	o.ago(2*time.Hour, lose("order-1"))
	o.done("journal", "rebind", "--account", "acme-2", "--yes")
	o.agoFor("acme-2", time.Hour, lose("order-2"))

	p := o.pages(false)
	body := p.get("/operations")
	names, _ := rows(body)
	assert.Equal(t, []string{"ref%3Aorder-1", "ref%3Aorder-2"}, names)
	assert.Contains(t, body, "acme-2&#34; at "+o.url)
	assert.NotContains(t, body, "&#34;acme&#34;")
	for _, name := range names {
		assert.Contains(t, p.get("/operations/one?id="+name), "acme-2&#34; at ")
	}
}
