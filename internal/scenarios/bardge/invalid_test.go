package scenarios

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

type attempt func(ctx context.Context, c *bardge.Client) error

func issue(opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}, opts...)
		return err
	}
}

func issuing(p bardge.IssuePassParams, opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		return errorIn(c.IssuedPasses.Issue(ctx, p, opts...))
	}
}

func getPass(opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.IssuedPasses.Get(ctx, "brgpass_1", opts...)
		return err
	}
}

func cancel(opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.Bookings.Cancel(ctx, "b1", opts...)
		return err
	}
}

func listPasses(p bardge.ListPassesParams) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.Passes.List(ctx, p)
		return err
	}
}

func freshKey(t *testing.T, s string) bardge.CallOption {
	t.Helper()
	key, err := bardge.UnsentKey(s)
	require.NoError(t, err)
	return bardge.WithIdempotencyKey(key)
}

// refusedUnsent checks that a call fails as a wrong argument does: an *Error
// that names the field, and nothing sent.
func refusedUnsent(t *testing.T, field, operation string, try attempt) {
	t.Helper()
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		err := try(t.Context(), s.Client)
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, operation, e.Operation)
		assert.Equal(t, bardge.OutcomeNotSent, e.Outcome)
		assert.True(t, bardge.CanRepeat(e))
		require.NotNil(t, e.Response)
		sdktest.Invalid(t, field, err)
		assert.Contains(t, err.Error(), field)
		assert.Empty(t, s.Requests())
	})
}

func TestBadArgumentsAreNotSent(t *testing.T) {
	token := []bardge.CallOption{bardge.WithLookupToken("")}
	for _, row := range []struct {
		name, field, operation string
		try                    attempt
	}{
		{name: "limit over 100", field: "limit", operation: "ListPasses", try: listPasses(bardge.ListPassesParams{Limit: 101})},
		{name: "limit below 1", field: "limit", operation: "ListPasses", try: listPasses(bardge.ListPassesParams{Limit: -1})},
		{name: "both cursors", field: "starting_after", operation: "ListPasses", try: listPasses(bardge.ListPassesParams{StartingAfter: "a", EndingBefore: "b"})},
		{name: "R6_key over 255 bytes", field: "idempotency key", operation: "IssuePass", try: issue(freshKey(t, strings.Repeat("k", 256)))},
		{name: "R5_key for a cancellation", field: "idempotency key", operation: "CancelBooking", try: cancel(bardge.WithIdempotencyKey(bardge.NewKey()))},
		{name: "empty lookup token", field: "lookup token", operation: "IssuePass", try: issue(token...)},
		{name: "extra field that the call sets", field: "extra field client_id", operation: "IssuePass", try: issue(bardge.WithExtraField("client_id", "c2"))},
		{name: "required text", field: "IssuePassParams.PassID", operation: "IssuePass", try: issuing(bardge.IssuePassParams{ClientID: "c1"})},
		{name: "required text, first of several", field: "IssuePassParams.ClientID", operation: "IssuePass", try: issuing(bardge.IssuePassParams{})},
		{name: "required secret", field: "VerifyLookupParams.AccessCode", operation: "VerifyLookup", try: func(ctx context.Context, c *bardge.Client) error {
			return errorIn(c.Lookups.Verify(ctx, "l1", bardge.VerifyLookupParams{}))
		}},
		{name: "required text, other extra field", field: "IssuePassParams.PassID", operation: "IssuePass", try: issuing(
			bardge.IssuePassParams{ClientID: "c1"}, bardge.WithExtraField("passId", "p1"),
		)},
		{name: "required time", field: "UpdateIssuedPassExpiryParams.ExpiresAt", operation: "UpdateIssuedPassExpiry", try: func(ctx context.Context, c *bardge.Client) error {
			_, _, err := c.IssuedPasses.UpdateExpiry(ctx, "brgpass_1", bardge.UpdateIssuedPassExpiryParams{})
			return err
		}},
	} {
		t.Run(row.name, func(t *testing.T) { refusedUnsent(t, row.field, row.operation, row.try) })
	}
}

var withID = []struct {
	operation, field string
	try              func(ctx context.Context, c *bardge.Client, id string) error
}{
	{operation: "UpdateIssuedPassExpiry", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		params := bardge.UpdateIssuedPassExpiryParams{ExpiresAt: time.Now()}
		return errorIn(c.IssuedPasses.UpdateExpiry(ctx, id, params))
	}},
	{operation: "GetIssuedPass", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.IssuedPasses.Get(ctx, id))
	}},
	{operation: "ListPassProviders", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Providers.ListForPass(ctx, id, bardge.ListPassProvidersParams{}))
	}},
	{operation: "ListPassProviders", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return firstError(c.Providers.AllForPass(ctx, id, bardge.ListPassProvidersParams{}))
	}},
	{operation: "GetClass", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Classes.Get(ctx, id))
	}},
	{operation: "ConfirmClassBooking", field: "sessionId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.ConfirmClass(ctx, id, bardge.ConfirmClassParams{}))
	}},
	{operation: "ConfirmSpaBooking", field: "sessionId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.ConfirmSpa(ctx, id))
	}},
	{operation: "ListClientBookings", field: "clientId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.ListForClient(ctx, id, bardge.ListClientBookingsParams{}))
	}},
	{operation: "ListClientBookings", field: "clientId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return firstError(c.Bookings.AllForClient(ctx, id, bardge.ListClientBookingsParams{}))
	}},
	{operation: "GetBookingStatus", field: "bookingId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.Get(ctx, id))
	}},
	{operation: "CancelBooking", field: "bookingId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.Cancel(ctx, id))
	}},
	{operation: "ListGymCopayOptions", field: "providerBranchId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Copay.ListGymOptions(ctx, id, bardge.ListGymCopayOptionsParams{}))
	}},
	{operation: "ListGymCopayOptions", field: "providerBranchId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return firstError(c.Copay.AllGymOptions(ctx, id, bardge.ListGymCopayOptionsParams{}))
	}},
	{operation: "QuoteSpaCopay", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Copay.QuoteSpa(ctx, id, someQuote))
	}},
	{operation: "VerifyLookup", field: "id", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Lookups.Verify(ctx, id, someVerification))
	}},
	{operation: "GetClient", field: "clientId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Clients.Get(ctx, id))
	}},
	{operation: "GetClientCredits", field: "clientId", try: func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Clients.Credits(ctx, id))
	}},
}

func errorIn[T any](_ *T, _ *bardge.Response, err error) error { return err }

func firstError[T any](all iter.Seq2[*T, error]) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return errors.New("the walk ended without an error")
}

func TestPathsTakeNoIDThatCouldBeAnotherPath(t *testing.T) {
	for _, row := range withID {
		for name, id := range map[string]string{"empty": "", "a slash": "a/cancel", "a dot segment": "..", "a control": "a\x00"} {
			t.Run(row.operation+" "+name, func(t *testing.T) {
				refusedUnsent(t, row.field, row.operation, func(ctx context.Context, c *bardge.Client) error {
					return row.try(ctx, c, id)
				})
			})
		}
	}
}

func TestKeysAreRefusedWhereTheyAreMade(t *testing.T) {
	for name, made := range map[string]func() (bardge.Key, error){
		"empty fresh key":      func() (bardge.Key, error) { return bardge.UnsentKey("") },
		"empty sent key":       func() (bardge.Key, error) { return bardge.SentKey("", time.Now()) },
		"R4_no date in it":     func() (bardge.Key, error) { return bardge.SentKey("order-17", time.Time{}) },
		"R4_a random uuid":     func() (bardge.Key, error) { return bardge.SentKey("550e8400-e29b-41d4-a716-446655440000", time.Time{}) },
		"R4_a date beyond all": func() (bardge.Key, error) { return bardge.SentKey("ffffffff-ffff-7fff-bfff-ffffffffffff", time.Time{}) },
	} {
		t.Run(name, func(t *testing.T) {
			key, err := made()
			assert.True(t, key.IsZero())
			sdktest.Invalid(t, "idempotency key", err)
		})
	}
}

// Params with all that is required, for tests in which they do not matter.
var (
	somePass         = bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}
	someClass        = bardge.BookClassParams{ClassInstanceID: "ci1", ClientID: "c1"}
	someLookup       = bardge.InitiateLookupParams{IssuerID: "i1", ClientID: "c1"}
	someVerification = bardge.VerifyLookupParams{AccessCode: "AC1"}
	someQuote        = bardge.QuoteSpaCopayParams{ClientID: "c1"}
)
