package bardge_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// The vendor's curl examples (documented), reproduced: method, path, headers,
// body.
func TestTheVendorsExamplesAreReproduced(t *testing.T) {
	const vendorsKey = "550e8400-e29b-41d4-a716-446655440000"
	json := http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {vendorsKey}}
	withToken := json.Clone()
	withToken.Set("Bardge-Lookup-Token", "lkpt_abc123")
	for _, row := range []struct {
		name   string
		try    func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error
		method string
		path   string
		header http.Header
		body   string
	}{
		{
			"initiate a class booking",
			func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error {
				return errorIn(c.Bookings.BookClass(ctx, bardge.BookClassParams{
					ClassInstanceID: "ci_abc123",
					ClientID:        "client_abc123",
					FirstName:       "Ada",
					LastName:        "Okafor",
					UserPassID:      "brgpass_abc123",
				}, key, bardge.WithLookupToken("lkpt_abc123")))
			},
			"POST", "/bookings/class", withToken,
			`{"class_instance_id":"ci_abc123","client_id":"client_abc123","first_name":"Ada","last_name":"Okafor","user_pass_id":"brgpass_abc123"}`,
		},
		{
			"confirm a class booking",
			func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error {
				return errorIn(c.Bookings.ConfirmClass(ctx, "sess_abc123def456", bardge.ConfirmClassParams{
					NumberOfVisits: 5,
					Duration:       bardge.PassDurationAnnually,
					CopayPackageID: "copay_abc123",
				}, key))
			},
			"POST", "/bookings/class/sess_abc123def456/confirm", json,
			`{"number_of_visits":5,"duration":"ANNUALLY","copay_package_id":"copay_abc123"}`,
		},
		{
			"confirm a spa booking",
			func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error {
				return errorIn(c.Bookings.ConfirmSpa(ctx, "sess_abc123def456", key))
			},
			"POST", "/bookings/spa/sess_abc123def456/confirm",
			http.Header{"Idempotency-Key": {vendorsKey}},
			"",
		},
		{
			"get client credits",
			func(ctx context.Context, c *bardge.Client, _ bardge.CallOption) error {
				return errorIn(c.Clients.Credits(ctx, "client_abc123"))
			},
			"GET", "/clients/client_abc123/credits",
			http.Header{},
			"",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			inWorld(t, steps(anything), func(t *testing.T, w *world) {
				require.NoError(t, row.try(t.Context(), w.client, freshKey(t, vendorsKey)))
				require.Len(t, w.requests(), 1)
				seen := w.requests()[0]
				assert.Equal(t, []string{row.method, basePath + row.path, ""}, []string{seen.method, seen.path, seen.query})
				assert.Equal(t, row.body, seen.body)
				want := row.header.Clone()
				want.Set("Authorization", "Bearer "+testKey)
				assert.Equal(t, want, apiHeaders(seen.header))
			})
		})
	}
}

// apiHeaders leaves out what HTTP and every client sends.
func apiHeaders(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Accept", "Accept-Encoding", "Content-Length", "User-Agent"} {
		h.Del(name)
	}
	return h
}

func TestR18_AMutationWithoutABodyHasNone(t *testing.T) {
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		for _, try := range []attempt{cancel(), func(ctx context.Context, c *bardge.Client) error {
			return errorIn(c.Bookings.ConfirmSpa(ctx, "sess_1"))
		}} {
			require.NoError(t, try(t.Context(), w.client))
		}
		for _, seen := range w.requests() {
			assert.Equal(t, "0", seen.header.Get("Content-Length"))
			assert.Empty(t, seen.header.Get("Content-Type"))
			assert.Empty(t, seen.header.Get("Transfer-Encoding"))
		}
	})
}

func TestR5_OnlyOperationsThatTakeAKeySendOne(t *testing.T) {
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		for _, row := range []struct {
			try attempt
			key bool
		}{
			{issue(), true},
			{getPass(), false},
			{cancel(), false},
			{func(ctx context.Context, c *bardge.Client) error {
				return errorIn(c.Copay.QuoteSpa(ctx, "prov_1", someQuote))
			}, false},
			{func(ctx context.Context, c *bardge.Client) error {
				return errorIn(c.Lookups.Initiate(ctx, someLookup))
			}, true},
		} {
			require.NoError(t, row.try(t.Context(), w.client))
			seen := w.requests()
			last := seen[len(seen)-1]
			assert.Equal(t, row.key, last.header.Get("Idempotency-Key") != "", last.path)
		}
	})
}

func TestExtraFieldsAndHeadersReachTheWire(t *testing.T) {
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		require.NoError(t, issue(
			bardge.WithExtraField("note", "a \"<b>\" & c"),
			bardge.WithExtraField("pass_ref", map[string]any{"id": "p1", "n": []int{1, 2}}),
			bardge.WithHeader("x-campaign", "summer"),
		)(t.Context(), w.client))
		require.NoError(t, cancel(bardge.WithExtraField("reason", nil))(t.Context(), w.client), "a body where there was none")
		seen := w.requests()
		assert.JSONEq(t, `{"client_id":"c1","pass_id":"p1","note":"a \"<b>\" & c","pass_ref":{"id":"p1","n":[1,2]}}`, seen[0].body)
		assert.Equal(t, []string{"summer"}, seen[0].header["X-Campaign"])
		assert.Equal(t, `{"reason":null}`, seen[1].body)
		assert.Equal(t, "application/json", seen[1].header.Get("Content-Type"))
	})
}

// A required field whose form is another than the inferred one goes in as an extra field.
func TestAnExtraFieldStandsInForARequiredParam(t *testing.T) {
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		for _, row := range []struct {
			name string
			try  attempt
			body string
		}{
			{
				"same name",
				issuing(bardge.IssuePassParams{PassID: "p1"}, bardge.WithExtraField("client_id", 17)),
				`{"pass_id":"p1","client_id":17}`,
			},
			{
				"name as a lenient server compares it",
				issuing(bardge.IssuePassParams{PassID: "p1"}, bardge.WithExtraField("Client-Id", "c1")),
				`{"pass_id":"p1","Client-Id":"c1"}`,
			},
			{
				"null, beside another name",
				issuing(bardge.IssuePassParams{PassID: "p1"}, bardge.WithExtraField("client_id", nil), bardge.WithExtraField("client", "c1")),
				`{"pass_id":"p1","client_id":null,"client":"c1"}`,
			},
			{
				"time",
				func(ctx context.Context, c *bardge.Client) error {
					asDate := bardge.WithExtraField("expires_at", "2026-05-01")
					return errorIn(c.IssuedPasses.UpdateExpiry(ctx, "brgpass_1", bardge.UpdateIssuedPassExpiryParams{}, asDate))
				},
				`{"expires_at":"2026-05-01"}`,
			},
		} {
			require.NoError(t, row.try(t.Context(), w.client), row.name)
			seen := w.requests()
			assert.Equal(t, row.body, seen[len(seen)-1].body, row.name)
		}
	})
}

func TestTheExpiryIsSentInMilliseconds(t *testing.T) {
	inWorld(t, steps(says(200, `{"id":"brgpass_1","expires_at":1777636800000}`)), func(t *testing.T, w *world) {
		at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		pass, _, err := w.client.IssuedPasses.UpdateExpiry(t.Context(), "brgpass_1", bardge.UpdateIssuedPassExpiryParams{ExpiresAt: at})
		require.NoError(t, err)
		assert.Equal(t, `{"expires_at":1777636800000}`, w.requests()[0].body)
		assert.True(t, pass.ExpiresAt.Equal(at))
	})
}

func TestIDsAreEscaped(t *testing.T) {
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		_, _, err := w.client.Clients.Get(t.Context(), "a?b#c d%2F")
		require.NoError(t, err)
		assert.Equal(t, basePath+"/clients/a%3Fb%23c%20d%252F", w.requests()[0].path)
	})
}
