package scenarios

import (
	"cmp"
	"log/slog"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
)

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

// personal makes the calls that carry what is personal.
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

// lookups are calls with a code and a token that are wrong, and that are right.
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

// known is an id, or one that the server does not know where none was brought.
func known(id string) string { return cmp.Or(id, "planted-id") }

// takeUp is a second process, which recovers what the first left in doubt.
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
