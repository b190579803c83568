package scenarios

import (
	"context"
	"errors"
	"iter"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

// attempt is a call of which only the error matters.
type attempt func(ctx context.Context, c *bardge.Client) error

// issue issues a pass with options.
func issue(opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.IssuedPasses.Issue(ctx, bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}, opts...)
		return err
	}
}

// issuing issues a pass with these params.
func issuing(p bardge.IssuePassParams, opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		return errorIn(c.IssuedPasses.Issue(ctx, p, opts...))
	}
}

// getPass reads a pass with options.
func getPass(opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.IssuedPasses.Get(ctx, "brgpass_1", opts...)
		return err
	}
}

// cancel cancels a booking with options.
func cancel(opts ...bardge.CallOption) attempt {
	return func(ctx context.Context, c *bardge.Client) error {
		_, _, err := c.Bookings.Cancel(ctx, "b1", opts...)
		return err
	}
}

// listPasses reads a page.
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
func refusedUnsent(t *testing.T, field, operation string, try attempt, opts ...bardge.Option) {
	t.Helper()
	refused(t, bardge.OutcomeNotSent, field, operation, try, opts...)
}

// refused is refusedUnsent of an operation that an earlier call may have sent.
func refused(
	t *testing.T, known bardge.Outcome, field, operation string, try attempt, opts ...bardge.Option,
) {
	t.Helper()
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		err := try(t.Context(), s.Client)
		var e *bardge.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, operation, e.Operation)
		assert.Equal(t, known, e.Outcome)
		assert.Equal(t, known == bardge.OutcomeNotSent, bardge.CanRepeat(e))
		require.NotNil(t, e.Response)
		var invalid *bardge.InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, field, invalid.Field)
		assert.Contains(t, err.Error(), field)
		assert.Empty(t, s.Requests())
	}, opts...)
}

func TestBadArgumentsAreNotSent(t *testing.T) {
	token := []bardge.CallOption{bardge.WithLookupToken("")}
	for _, row := range []struct {
		name, field, operation string
		try                    attempt
	}{
		{"limit over 100", "limit", "ListPasses", listPasses(bardge.ListPassesParams{Limit: 101})},
		{"limit below 1", "limit", "ListPasses", listPasses(bardge.ListPassesParams{Limit: -1})},
		{"both cursors", "starting_after", "ListPasses", listPasses(bardge.ListPassesParams{StartingAfter: "a", EndingBefore: "b"})},
		{"R6_key over 255 bytes", "idempotency key", "IssuePass", issue(freshKey(t, strings.Repeat("k", 256)))},
		{"R6_key with a space", "idempotency key", "IssuePass", issue(freshKey(t, "a key"))},
		{"R6_key beyond ASCII", "idempotency key", "IssuePass", issue(freshKey(t, "schlüssel"))},
		{"R6_zero key", "idempotency key", "IssuePass", issue(bardge.WithIdempotencyKey(bardge.Key{}))},
		{"R5_key for a read", "idempotency key", "GetIssuedPass", getPass(bardge.WithIdempotencyKey(bardge.NewKey()))},
		{"R5_key for a cancellation", "idempotency key", "CancelBooking", cancel(bardge.WithIdempotencyKey(bardge.NewKey()))},
		{"ref without a journal", "ref", "IssuePass", issue(bardge.WithRef("order-1"))},
		{"empty ref", "ref", "IssuePass", issue(bardge.WithRef(""))},
		{"no attempts", "MaxAttempts", "IssuePass", issue(bardge.WithMaxAttempts(0))},
		{"empty lookup token", "lookup token", "IssuePass", issue(token...)},
		{"R6_header without a name", "header", "IssuePass", issue(bardge.WithHeader("", "v"))},
		{"R6_header that is no token", "header", "IssuePass", issue(bardge.WithHeader("a b", "v"))},
		{"R6_header with a line break", "header X-A", "IssuePass", issue(bardge.WithHeader("x-a", "v\r\nX-B: w"))},
		{"extra field without a name", "extra field", "IssuePass", issue(bardge.WithExtraField("", 1))},
		{"extra field that is no JSON", "extra field n", "IssuePass", issue(bardge.WithExtraField("n", math.NaN()))},
		{"extra field twice", "extra field n", "IssuePass", issue(bardge.WithExtraField("n", 1), bardge.WithExtraField("n", 1))},
		{"extra field that the call sets", "extra field client_id", "IssuePass", issue(bardge.WithExtraField("client_id", "c2"))},
		{"extra field for a GET", "extra field n", "GetIssuedPass", getPass(bardge.WithExtraField("n", 1))},
		{"required text", "IssuePassParams.PassID", "IssuePass", issuing(bardge.IssuePassParams{ClientID: "c1"})},
		{"required text, first of several", "IssuePassParams.ClientID", "IssuePass", issuing(bardge.IssuePassParams{})},
		{"required secret", "VerifyLookupParams.AccessCode", "VerifyLookup", func(ctx context.Context, c *bardge.Client) error {
			return errorIn(c.Lookups.Verify(ctx, "l1", bardge.VerifyLookupParams{}))
		}},
		{"required text, other extra field", "IssuePassParams.PassID", "IssuePass", issuing(
			bardge.IssuePassParams{ClientID: "c1"}, bardge.WithExtraField("passId", "p1"),
		)},
		{"required time", "UpdateIssuedPassExpiryParams.ExpiresAt", "UpdateIssuedPassExpiry", func(ctx context.Context, c *bardge.Client) error {
			_, _, err := c.IssuedPasses.UpdateExpiry(ctx, "brgpass_1", bardge.UpdateIssuedPassExpiryParams{})
			return err
		}},
	} {
		t.Run(row.name, func(t *testing.T) { refusedUnsent(t, row.field, row.operation, row.try) })
	}
	t.Run("key and ref", func(t *testing.T) {
		both := issue(bardge.WithRef("order-1"), bardge.WithIdempotencyKey(bardge.NewKey()))
		refusedUnsent(t, "idempotency key", "IssuePass", both, bardge.WithJournal(journal.NewMemory(), "acme"))
	})
	t.Run("R21_a ref that may have been done", func(t *testing.T) {
		bad := issue(bardge.WithHeader("Host", "x"), bardge.WithRef("order-1"))
		refused(t, bardge.OutcomeUnknown, "header Host", "IssuePass", bad, bardge.WithJournal(journal.NewMemory(), "acme"))
	})
	t.Run("R21_a key that may have been sent", func(t *testing.T) {
		old, err := bardge.SentKey("order-1", time.Now().Add(-time.Hour))
		require.NoError(t, err)
		bad := issue(bardge.WithMaxAttempts(0), bardge.WithIdempotencyKey(old))
		refused(t, bardge.OutcomeUnknown, "MaxAttempts", "IssuePass", bad)
	})
	t.Run("ref for a read", func(t *testing.T) {
		refusedUnsent(t, "ref", "GetIssuedPass", getPass(bardge.WithRef("order-1")), bardge.WithJournal(journal.NewMemory(), "acme"))
	})
}

func TestR6_HeadersThatTheSDKOrHTTPOwnsAreRefused(t *testing.T) {
	for _, name := range []string{
		"Accept", "user-agent", "Accept-Encoding", "authorization", "Connection", "Content-Length", "CONTENT-TYPE", "Expect",
		"Host", "Idempotency-Key", "Keep-Alive", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		t.Run("R6_"+name, func(t *testing.T) {
			refusedUnsent(t, "header "+http.CanonicalHeaderKey(name), "IssuePass", issue(bardge.WithHeader(name, "v")))
		})
	}
}

// withID are the calls that have an id in their path.
var withID = []struct {
	operation, field string
	try              func(ctx context.Context, c *bardge.Client, id string) error
}{
	{"UpdateIssuedPassExpiry", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		params := bardge.UpdateIssuedPassExpiryParams{ExpiresAt: time.Now()}
		return errorIn(c.IssuedPasses.UpdateExpiry(ctx, id, params))
	}},
	{"GetIssuedPass", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.IssuedPasses.Get(ctx, id))
	}},
	{"ListPassProviders", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Providers.ListForPass(ctx, id, bardge.ListPassProvidersParams{}))
	}},
	{"ListPassProviders", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		return firstError(c.Providers.AllForPass(ctx, id, bardge.ListPassProvidersParams{}))
	}},
	{"GetClass", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Classes.Get(ctx, id))
	}},
	{"ConfirmClassBooking", "sessionId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.ConfirmClass(ctx, id, bardge.ConfirmClassParams{}))
	}},
	{"ConfirmSpaBooking", "sessionId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.ConfirmSpa(ctx, id))
	}},
	{"ListClientBookings", "clientId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.ListForClient(ctx, id, bardge.ListClientBookingsParams{}))
	}},
	{"ListClientBookings", "clientId", func(ctx context.Context, c *bardge.Client, id string) error {
		return firstError(c.Bookings.AllForClient(ctx, id, bardge.ListClientBookingsParams{}))
	}},
	{"GetBookingStatus", "bookingId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.Get(ctx, id))
	}},
	{"CancelBooking", "bookingId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Bookings.Cancel(ctx, id))
	}},
	{"ListGymCopayOptions", "providerBranchId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Copay.ListGymOptions(ctx, id, bardge.ListGymCopayOptionsParams{}))
	}},
	{"ListGymCopayOptions", "providerBranchId", func(ctx context.Context, c *bardge.Client, id string) error {
		return firstError(c.Copay.AllGymOptions(ctx, id, bardge.ListGymCopayOptionsParams{}))
	}},
	{"QuoteSpaCopay", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Copay.QuoteSpa(ctx, id, someQuote))
	}},
	{"VerifyLookup", "id", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Lookups.Verify(ctx, id, someVerification))
	}},
	{"GetClient", "clientId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Clients.Get(ctx, id))
	}},
	{"GetClientCredits", "clientId", func(ctx context.Context, c *bardge.Client, id string) error {
		return errorIn(c.Clients.Credits(ctx, id))
	}},
}

func errorIn[T any](_ *T, _ *bardge.Response, err error) error { return err }

// firstError walks a list up to its first error.
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
			var invalid *bardge.InvalidError
			require.ErrorAs(t, err, &invalid)
			assert.Equal(t, "idempotency key", invalid.Field)
		})
	}
}

// Params with all that is required, for tests in which they do not matter.
var (
	somePass         = bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}
	someClass        = bardge.BookClassParams{ClassInstanceID: "ci1", ClientID: "c1"}
	someLookup       = bardge.InitiateLookupParams{IssuerID: "i1", ClientID: "c1"}
	someVerification = bardge.VerifyLookupParams{AccessCode: "AC1"}
	someCode         = bardge.GenerateAccessCodeParams{ClientID: "c1"}
	someQuote        = bardge.QuoteSpaCopayParams{ClientID: "c1"}
)
