package scenarios

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestR32_ATimeoutOfTheCallGoesBeforeTheClients(t *testing.T) {
	slow := func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Minute) }
	sdktest.WithBardge(t, sdktest.Script{slow}, func(t *testing.T, s *sdktest.Bardge) {
		defer time.Sleep(time.Hour) // until the handlers have ended
		for name, row := range map[string]struct {
			opts []bardge.CallOption
			want time.Duration
		}{
			"R32_the client's":           {want: 4 * time.Second},
			"R32_the call's":             {opts: []bardge.CallOption{bardge.WithTimeout(20 * time.Second)}, want: 20 * time.Second},
			"R32_the last of the call's": {opts: []bardge.CallOption{bardge.WithTimeout(20 * time.Second), bardge.WithTimeout(time.Second)}, want: time.Second},
		} {
			begun := time.Now()
			err := issue(row.opts...)(t.Context(), s.Client)
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err), name)
			assert.Equal(t, row.want, time.Since(begun), name)
		}
		sent := len(s.Requests())
		require.ErrorAs(t, issue(bardge.WithTimeout(0))(t.Context(), s.Client), new(*bardge.InvalidError))
		assert.Len(t, s.Requests(), sent, "nothing is sent")
	}, bardge.WithTimeout(4*time.Second))
}

func TestRetryPoliciesAddUpFieldByField(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(503, "")}, func(t *testing.T, s *sdktest.Bardge) {
		for name, row := range map[string]struct {
			opts []bardge.CallOption
			want int
		}{
			"the client's":       {want: 3},
			"another field":      {opts: []bardge.CallOption{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxDelay: time.Second})}, want: 3},
			"the call's":         {opts: []bardge.CallOption{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2})}, want: 2},
			"the later one":      {opts: []bardge.CallOption{bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2}), bardge.WithMaxAttempts(1)}, want: 1},
			"the other way":      {opts: []bardge.CallOption{bardge.WithMaxAttempts(1), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 2})}, want: 2},
			"both of the call's": {opts: []bardge.CallOption{bardge.WithMaxAttempts(1), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxDelay: time.Second})}, want: 1},
		} {
			before := len(s.Requests())
			require.Error(t, issue(row.opts...)(t.Context(), s.Client), name)
			assert.Equal(t, row.want, len(s.Requests())-before, name)
		}
		for _, p := range []bardge.RetryPolicy{{KeyTTL: time.Second}, {KeyTTLMargin: time.Second}, {AttemptTimeout: time.Hour}} {
			before := len(s.Requests())
			err := issue(bardge.WithRetryPolicy(p))(t.Context(), s.Client)
			require.ErrorAs(t, err, new(*bardge.InvalidError))
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
			assert.Len(t, s.Requests(), before)
		}
	}, bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Second}), bardge.WithRetryPolicy(bardge.RetryPolicy{MaxAttempts: 3}))
}

func TestADefaultHeaderGoesOutWithEveryCall(t *testing.T) {
	booking := sdktest.Respond(200, `{"object":"booking","id":"booking_1","status":"cancelled"}`)
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential, sdktest.Lose, booking}, func(t *testing.T, s *sdktest.Bardge) {
		require.NoError(t, issue(bardge.WithHeader("X-Lane", "night"))(t.Context(), s.Client))
		_, resp, err := s.Client.Bookings.Cancel(t.Context(), "booking_1", bardge.WithMaxAttempts(1))
		require.NoError(t, err)
		require.True(t, resp.Recovered)
		var lanes, shops []string
		for _, r := range s.Requests() {
			lanes, shops = append(lanes, r.Header.Get("X-Lane")), append(shops, r.Header.Get("X-Shop"))
		}
		assert.Equal(t, []string{"night", "day", "day"}, lanes, "also with the read of the SDK's own")
		assert.Equal(t, []string{"berlin", "berlin", "berlin"}, shops)
	}, bardge.WithHeader("X-Lane", "day"), bardge.WithHeader("X-Shop", "berlin"))
}

func TestACallsHeadersDoNotLeakIntoOthers(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				assert.NoError(t, issue(bardge.WithHeader("X-Own", "1"), bardge.WithHeader("X-Default", "call"))(t.Context(), s.Client))
				assert.NoError(t, issue()(t.Context(), s.Client))
			})
		}
		all.Wait()
		own := 0
		for _, r := range s.Requests() {
			want := "client"
			if r.Header.Get("X-Own") != "" {
				own, want = own+1, "call"
			}
			assert.Equal(t, want, r.Header.Get("X-Default"))
		}
		assert.Equal(t, 8, own)
	}, bardge.WithHeader("X-Default", "client"))
}

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
			name: "initiate a class booking",
			try: func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error {
				return errorIn(c.Bookings.BookClass(ctx, bardge.BookClassParams{
					ClassInstanceID: "ci_abc123",
					ClientID:        "client_abc123",
					FirstName:       "Ada",
					LastName:        "Okafor",
					UserPassID:      "brgpass_abc123",
				}, key, bardge.WithLookupToken("lkpt_abc123")))
			},
			method: "POST", path: "/bookings/class", header: withToken,
			body: `{"class_instance_id":"ci_abc123","client_id":"client_abc123","first_name":"Ada","last_name":"Okafor","user_pass_id":"brgpass_abc123"}`,
		},
		{
			name: "confirm a class booking",
			try: func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error {
				return errorIn(c.Bookings.ConfirmClass(ctx, "sess_abc123def456", bardge.ConfirmClassParams{
					NumberOfVisits: 5,
					Duration:       bardge.PassDurationAnnually,
					CopayPackageID: "copay_abc123",
				}, key))
			},
			method: "POST", path: "/bookings/class/sess_abc123def456/confirm", header: json,
			body: `{"number_of_visits":5,"duration":"ANNUALLY","copay_package_id":"copay_abc123"}`,
		},
		{
			name: "confirm a spa booking",
			try: func(ctx context.Context, c *bardge.Client, key bardge.CallOption) error {
				return errorIn(c.Bookings.ConfirmSpa(ctx, "sess_abc123def456", key))
			},
			method: "POST", path: "/bookings/spa/sess_abc123def456/confirm",
			header: http.Header{"Idempotency-Key": {vendorsKey}},
		},
		{
			name: "get client credits",
			try: func(ctx context.Context, c *bardge.Client, _ bardge.CallOption) error {
				return errorIn(c.Clients.Credits(ctx, "client_abc123"))
			},
			method: "GET", path: "/clients/client_abc123/credits",
			header: http.Header{},
		},
	} {
		t.Run(row.name, sdktest.BardgeTest(sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
			require.NoError(t, row.try(t.Context(), s.Client, freshKey(t, vendorsKey)))
			require.Len(t, s.Requests(), 1)
			seen := s.Requests()[0]
			assert.Equal(t, []string{row.method, sdktest.BasePath + row.path, ""}, []string{seen.Method, seen.Path, seen.Query})
			assert.Equal(t, row.body, seen.Body)
			want := row.header.Clone()
			want.Set("Authorization", "Bearer "+sdktest.APIKey)
			assert.Equal(t, want, apiHeaders(seen.Header))
		}))
	}
}

func apiHeaders(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Accept", "Accept-Encoding", "Content-Length", "User-Agent"} {
		h.Del(name)
	}
	return h
}

func TestR18_AMutationWithoutABodyHasNone(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		for _, try := range []attempt{cancel(), func(ctx context.Context, c *bardge.Client) error {
			return errorIn(c.Bookings.ConfirmSpa(ctx, "sess_1"))
		}} {
			require.NoError(t, try(t.Context(), s.Client))
		}
		for _, seen := range s.Requests() {
			assert.Equal(t, "0", seen.Header.Get("Content-Length"))
			assert.Empty(t, seen.Header.Get("Content-Type"))
			assert.Empty(t, seen.Header.Get("Transfer-Encoding"))
		}
	})
}

func TestR5_OnlyOperationsThatTakeAKeySendOne(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		for _, row := range []struct {
			try attempt
			key bool
		}{
			{try: issue(), key: true},
			{try: getPass()},
			{try: cancel()},
			{try: func(ctx context.Context, c *bardge.Client) error {
				return errorIn(c.Copay.QuoteSpa(ctx, "prov_1", someQuote))
			}},
			{try: func(ctx context.Context, c *bardge.Client) error {
				return errorIn(c.Lookups.Initiate(ctx, someLookup))
			}, key: true},
		} {
			require.NoError(t, row.try(t.Context(), s.Client))
			seen := s.Requests()
			last := seen[len(seen)-1]
			assert.Equal(t, row.key, last.Header.Get("Idempotency-Key") != "", last.Path)
		}
	})
}

func TestExtraFieldsAndHeadersReachTheWire(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		require.NoError(t, issue(
			bardge.WithExtraField("note", "a \"<b>\" & c"),
			bardge.WithExtraField("pass_ref", map[string]any{"id": "p1", "n": []int{1, 2}}),
			bardge.WithHeader("x-campaign", "summer"),
		)(t.Context(), s.Client))
		require.NoError(t, cancel(bardge.WithExtraField("reason", nil))(t.Context(), s.Client), "a body where there was none")
		seen := s.Requests()
		assert.JSONEq(t, `{"client_id":"c1","pass_id":"p1","note":"a \"<b>\" & c","pass_ref":{"id":"p1","n":[1,2]}}`, seen[0].Body)
		assert.Equal(t, []string{"summer"}, seen[0].Header["X-Campaign"])
		assert.Equal(t, `{"reason":null}`, seen[1].Body)
		assert.Equal(t, "application/json", seen[1].Header.Get("Content-Type"))
	})
}

// A required field whose form is another than the inferred one goes in as an
// extra field.
func TestAnExtraFieldStandsInForARequiredParam(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		for _, row := range []struct {
			name string
			try  attempt
			body string
		}{
			{
				name: "same name",
				try:  issuing(bardge.IssuePassParams{PassID: "p1"}, bardge.WithExtraField("client_id", 17)),
				body: `{"pass_id":"p1","client_id":17}`,
			},
			{
				name: "name as a lenient server compares it",
				try:  issuing(bardge.IssuePassParams{PassID: "p1"}, bardge.WithExtraField("Client-Id", "c1")),
				body: `{"pass_id":"p1","Client-Id":"c1"}`,
			},
			{
				name: "null, beside another name",
				try:  issuing(bardge.IssuePassParams{PassID: "p1"}, bardge.WithExtraField("client_id", nil), bardge.WithExtraField("client", "c1")),
				body: `{"pass_id":"p1","client_id":null,"client":"c1"}`,
			},
			{
				name: "time",
				try: func(ctx context.Context, c *bardge.Client) error {
					asDate := bardge.WithExtraField("expires_at", "2026-05-01")
					return errorIn(c.IssuedPasses.UpdateExpiry(ctx, "brgpass_1", bardge.UpdateIssuedPassExpiryParams{}, asDate))
				},
				body: `{"expires_at":"2026-05-01"}`,
			},
		} {
			require.NoError(t, row.try(t.Context(), s.Client), row.name)
			seen := s.Requests()
			assert.Equal(t, row.body, seen[len(seen)-1].Body, row.name)
		}
	})
}

func TestTheExpiryIsSentInMilliseconds(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"id":"brgpass_1","expires_at":1777636800000}`)}, func(t *testing.T, s *sdktest.Bardge) {
		at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		pass, _, err := s.Client.IssuedPasses.UpdateExpiry(t.Context(), "brgpass_1", bardge.UpdateIssuedPassExpiryParams{ExpiresAt: at})
		require.NoError(t, err)
		assert.Equal(t, `{"expires_at":1777636800000}`, s.Requests()[0].Body)
		assert.True(t, pass.ExpiresAt.Equal(at))
	})
}

func TestIDsAreEscaped(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Clients.Get(t.Context(), "a?b#c d%2F")
		require.NoError(t, err)
		assert.Equal(t, sdktest.BasePath+"/clients/a%3Fb%23c%20d%252F", s.Requests()[0].Path)
	})
}
