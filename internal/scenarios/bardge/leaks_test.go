package scenarios

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/leaks"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

var (
	// plantedPersonal must be in nothing that the SDK writes. Values and params
	// are the user's own, and print it.
	plantedPersonal = []string{
		"Plantedfirst", "Plantedlast", "planted@mail.example", "+4470000planted", "planted-extra", "planted-header",
	}
	// plantedSecret must be in nothing at all.
	plantedSecret = []string{"planted-access-code", "planted-token"}
)

type leakSearch struct {
	t       *testing.T
	sb      *sandbox.Sandbox
	client  *bardge.Client
	journal journal.Journal

	written sdktest.Buffer  // by the SDK, or by printing what is the SDK's
	values  bytes.Buffer    // printed values and params
	secrets map[string]bool // from the server, and planted
	calls   int
}

// TestR23_LeakSearch makes every operation in several rounds: without faults,
// with some and with many, with a journal, a logger and an observer that record
// all they get. Then it searches what was written, and all that can be printed.
func TestR23_LeakSearch(t *testing.T) {
	for seed := range uint64(3) {
		rate := []float64{0, 0.3, 0.8}[seed]
		t.Run(fmt.Sprintf("R23_round %d, faults %.1f", seed, rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newLeakSearch(t, sandbox.WithPreview(), sandbox.WithRandomFaults(seed, rate))
				h.everyOperation()
				time.Sleep(2 * time.Minute) // beyond every window
				h.takeUp()
				for _, op := range gen.Operations() {
					if rate == 0 {
						assert.Positive(t, h.sb.Executed(op.ID), "%s was not called", op.ID)
					}
				}
				h.search()
			})
		})
	}
}

func newLeakSearch(t *testing.T, opts ...sandbox.Option) *leakSearch {
	t.Helper()
	sb := sandbox.Start(t, opts...)
	h := &leakSearch{t: t, sb: sb, secrets: map[string]bool{sb.APIKey: true, sb.Seed.OtherAPIKey: true, sb.Seed.OtherAccessCode: true}}
	for _, s := range plantedSecret {
		h.secrets[s] = true
	}
	h.journal = &leakyJournal{Memory: journal.NewMemory(), search: h}
	h.client = h.newClient(slog.NewJSONHandler(&h.written, talkative))
	return h
}

var talkative = &slog.HandlerOptions{Level: slog.LevelDebug - 100, AddSource: true}

func (h *leakSearch) newClient(log slog.Handler) *bardge.Client {
	h.t.Helper()
	opts := []bardge.Option{
		bardge.WithBaseURL(h.sb.URL), bardge.WithHTTPClient(h.sb.Client()), bardge.WithJournal(h.journal, "acme"),
		bardge.WithLogger(slog.New(log)), bardge.WithObserver(func(e bardge.Event) { h.write(e) }),
		bardge.WithReconciler("PurchaseCredits", func(_ context.Context, o bardge.PendingOperation) (bardge.ReconcileResult, error) {
			h.write(o)
			h.write(&o)
			return bardge.ReconcileResult{Evidence: "looked"}, nil
		}),
	}
	client, err := bardge.New(h.sb.APIKey, opts...)
	require.NoError(h.t, err)
	h.t.Cleanup(client.CloseIdleConnections)
	h.write(opts)
	return client
}

type leakyJournal struct {
	*journal.Memory
	search *leakSearch
}

func (j *leakyJournal) Save(ctx context.Context, rec journal.Record) (bool, error) {
	j.search.write(rec)
	_, _ = j.search.written.Write(rec.Sealed) // it takes everything
	return j.Memory.Save(ctx, rec)
}

func (h *leakSearch) write(v any) {
	_, _ = io.WriteString(&h.written, sdktest.Printed(v)) // it takes everything
}

// options are different for each call: with a ref or a key, headers, fields, a
// token that the server does not know.
func (h *leakSearch) options(id gen.OperationID) []bardge.CallOption {
	h.calls++
	op := id.Operation()
	opts := []bardge.CallOption{bardge.WithHeader("X-Planted", "planted-header")}
	if op.Method == http.MethodPost && id != gen.OpCancelBooking && id != gen.OpConfirmSpaBooking {
		opts = append(opts, bardge.WithExtraField("note", "planted-extra"))
	}
	if op.Class != gen.RetryClassSafe && h.calls%2 == 0 {
		opts = append(opts, bardge.WithRef(fmt.Sprint("order-", h.calls)))
	}
	h.write(opts)
	return opts
}

func (h *leakSearch) sees(d sdktest.Result) {
	h.t.Helper()
	h.harvest(d.Response.Raw)
	for _, v := range []any{d.Response, *d.Response, d.Response.Attempts, d.Response.Timeline(), d.Response.Key, d.Response.RecordErr} {
		h.write(v)
	}
	h.seesError(d.Err)
	if d.Value != nil {
		h.show(d.Value)
		h.show(reflect.ValueOf(d.Value).Elem().Interface())
	}
}

func (h *leakSearch) seesError(err error) {
	sdktest.Errors(err, func(e error) {
		h.write(e)
		h.write(fmt.Errorf("wrapped: %w", e))
	})
}

// show prints a value as package fmt and a text log do; as JSON it carries its
// secrets, since that is what it is for.
func (h *leakSearch) show(v any) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		fmt.Fprintf(&h.values, verb+"\n", v)
	}
	slog.New(slog.NewTextHandler(&h.values, nil)).Info("value", "v", v)
}

func (h *leakSearch) harvest(raw []byte) {
	var answer map[string]any
	if json.Unmarshal(raw, &answer) != nil {
		return
	}
	if inside, ok := answer["passcode"].(map[string]any); ok { // of a booking
		answer["passcode"] = inside["passcode"]
	}
	for _, field := range []string{"passcode", "access_code", "qr_code", "lookup_token"} {
		if secret, ok := answer[field].(string); ok && secret != "" {
			h.secrets[secret] = true
		}
	}
}

// search looks for every secret in all that was printed, and for what is
// personal in what the SDK wrote.
func (h *leakSearch) search() {
	written, values := h.written.String(), h.values.String()
	require.Contains(h.t, written, "attempt ended", "the logger talks")
	require.Contains(h.t, values, "[redacted]", "values with secrets are among them")
	require.Contains(h.t, values, "Plantedfirst", "and those with names")
	for secret := range h.secrets {
		assert.Empty(h.t, leaks.Find(written, secret), "%s was written", secret)
		assert.Empty(h.t, leaks.Find(values, secret), "%s was printed", secret)
	}
	for _, word := range plantedPersonal {
		assert.Empty(h.t, leaks.Find(written, word), "%s was written", word)
	}
}

// everyOperation calls each operation, every second with a ref. Where faults let
// one fail, those that build on it fail too, and are printed as well.
func (h *leakSearch) everyOperation() {
	for _, op := range sdktest.Operations {
		var first sdktest.Result
		if op.Before != nil {
			first = op.Before(h.t.Context(), h.client, h.sb.Seed)
		}
		h.sees(op.Call(h.t.Context(), h.client, h.sb.Seed, known(first.Got), h.options(op.ID)...))
	}
	h.personal()
	h.lookups()
}

func (h *leakSearch) personal() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	issue := bardge.IssuePassParams{
		ClientID: s.ClientID, PassID: s.PassID, FirstName: "Plantedfirst", LastName: "Plantedlast",
		Email: "planted@mail.example", Phone: "+4470000planted",
	}
	h.show(issue)
	for range 2 {
		h.sees(sdktest.ResultOf(c.IssuedPasses.Issue(ctx, issue, o(gen.OpIssuePass)...)))
	}
	update := bardge.UpdateIssuedPassParams{UserPassID: s.IssuedPassID, FirstName: "Plantedfirst", LastName: "Plantedlast"}
	h.show(update)
	h.sees(sdktest.ResultOf(c.IssuedPasses.Update(ctx, update, o(gen.OpUpdateIssuedPass)...)))
	book := bardge.BookSpaParams{
		ProviderID: s.SpaID, ServiceIDs: []string{s.ServiceID}, Date: s.SlotDate, Time: s.SlotTime,
		ClientID: s.ClientID, UserPassID: s.IssuedPassID, FirstName: "Plantedfirst", LastName: "Plantedlast",
	}
	h.show(book)
	h.sees(sdktest.ResultOf(c.Bookings.BookSpa(ctx, book, o(gen.OpBookSpa)...)))
	for range 2 { // the second is refused
		h.sees(sdktest.ResultOf(c.Bookings.Cancel(ctx, "booking_0001", o(gen.OpCancelBooking)...)))
	}
}

func (h *leakSearch) lookups() {
	ctx, c, s, o := h.t.Context(), h.client, h.sb.Seed, h.options
	id := "planted-id"
	begun, _, _ := c.Lookups.Initiate(ctx, bardge.InitiateLookupParams{IssuerID: s.IssuerID, ClientID: s.OtherClientID})
	if begun != nil {
		id = begun.ID
	}
	for _, code := range []bardge.Secret{"planted-access-code", bardge.Secret(s.OtherAccessCode)} {
		verify := bardge.VerifyLookupParams{AccessCode: code}
		h.show(verify)
		value, resp, err := c.Lookups.Verify(ctx, id, verify, o(gen.OpVerifyLookup)...)
		h.sees(sdktest.ResultOf(value, resp, err))
		token := bardge.WithLookupToken("planted-token")
		if value != nil {
			token = bardge.WithLookupToken(value.Token)
		}
		h.write(token)
		h.sees(sdktest.ResultOf(c.Clients.Get(ctx, s.OtherClientID, append(o(gen.OpGetClient), token)...)))
		h.sees(sdktest.ResultOf(c.Clients.Credits(ctx, s.OtherClientID, append(o(gen.OpGetClientCredits), token)...)))
		other := bardge.GenerateAccessCodeParams{ClientID: s.OtherClientID}
		h.sees(sdktest.ResultOf(c.AccessCodes.Generate(ctx, other, append(o(gen.OpGenerateAccessCode), token)...)))
	}
}

func known(id string) string { return cmp.Or(id, "planted-id") }

func (h *leakSearch) takeUp() {
	second := h.newClient(slog.NewTextHandler(&h.written, talkative))
	for r, err := range second.Recover(h.t.Context()) {
		h.seesError(err)
		if r == nil {
			continue
		}
		h.harvest(r.Response.Raw)
		for _, v := range []any{r, *r, pendingOf(r), r.Response, r.Evidence} {
			h.write(v)
		}
		h.seesError(r.Err)
		h.seesError(second.Resolve(h.t.Context(), r.Ref, bardge.Executed("planted-id")))
	}
	for _, v := range []any{
		h.client.Passes, *h.client.Passes, second.Lookups,
		struct{ Client *bardge.Client }{second},
		bardge.Executed("an-id"), bardge.NotExecuted(), h.journal.(*leakyJournal).Memory,
	} {
		h.write(v)
	}
}
