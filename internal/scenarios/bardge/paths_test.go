package scenarios

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

const otherCancel = "/v4/cancellations/{bookingId}"

// moved has a request for a path that the API has in the contract's place.
func moved(s *sdktest.Sandbox) http.RoundTripper {
	base := s.Sandbox.Client().Transport
	return sdktest.RoundTripper(func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		path := req.URL.EscapedPath()
		if before, id, ok := strings.Cut(path, "/v4/cancellations/"); ok {
			path = before + "/bookings/" + id + "/cancel"
		}
		path = strings.Replace(path, "/passes_issued", "/issued_passes", 1)
		u, err := url.Parse(path)
		if err != nil {
			return nil, err
		}
		req.URL.Path, req.URL.RawPath = u.Path, u.RawPath
		return base.RoundTrip(req)
	})
}

// bookedSandbox has a booking to cancel.
type bookedSandbox struct {
	*sdktest.Sandbox
	booking string
}

func (s *bookedSandbox) corrected(opts ...bardge.Option) *bardge.Client {
	return s.NewClient(append([]bardge.Option{
		bardge.WithHTTPClient(&http.Client{Transport: moved(s.Sandbox)}),
		bardge.WithPath("CancelBooking", otherCancel), bardge.WithPath("IssuePass", "/passes_issued"),
	}, opts...)...)
}

func withBooking(t *testing.T, f func(t *testing.T, s *bookedSandbox)) {
	t.Helper()
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		booked, _, err := s.Client.Bookings.BookClass(t.Context(), bardge.BookClassParams{
			ClassInstanceID: s.Seed.ClassInstanceID, ClientID: s.Seed.ClientID,
		})
		require.NoError(t, err)
		f(t, &bookedSandbox{s, booked.BookingID})
	})
}

func TestWithPath_IsWhereTheOperationIsSent(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, `{"object":"list","data":[],"has_more":false}`)},
		func(t *testing.T, s *sdktest.Bardge) {
			_, _, err := s.Client.Copay.ListGymOptions(t.Context(), "a b%", bardge.ListGymCopayOptionsParams{})
			require.NoError(t, err)
			_, _, err = s.Client.Passes.List(t.Context(), bardge.ListPassesParams{})
			require.NoError(t, err)
			assert.Equal(t, sdktest.BasePath+"/copay/a%20b%25/of/gyms", s.Requests()[0].Path)
			assert.Equal(t, sdktest.BasePath+"/passes", s.Requests()[1].Path)
		}, bardge.WithPath("ListGymCopayOptions", "/copay/{providerBranchId}/of/gyms"))
}

func TestWithPath_ACancellationIsReadAndRecovered(t *testing.T) {
	withBooking(t, func(t *testing.T, s *bookedSandbox) {
		c := s.corrected(s.WithJournal())
		s.Next(sandbox.CancelBooking, sandbox.ResetBefore)
		s.Next(sandbox.GetBookingStatus, sandbox.ResetBefore, sandbox.ResetBefore, sandbox.ResetBefore, sandbox.ResetBefore, sandbox.ResetBefore, sandbox.ResetBefore)
		_, _, err := c.Bookings.Cancel(t.Context(), s.booking, bardge.WithMaxAttempts(1))
		require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
		for r, err := range s.corrected(s.WithJournal()).Recover(t.Context()) {
			require.NoError(t, err)
			require.NoError(t, r.Err)
			assert.Equal(t, s.booking, r.PathID)
			assert.Equal(t, bardge.OutcomeDone, r.Outcome)
		}
		assert.Equal(t, 1, s.Executed(sandbox.CancelBooking))
	})
}

// What was recorded under the contract's path is recovered, and found by its
// ref, after the path was corrected; and the other way round.
func TestWithPath_ARecordKeepsItsPath(t *testing.T) {
	for name, clients := range map[string]func(s *bookedSandbox) (before, after *bardge.Client){
		"corrected": func(s *bookedSandbox) (before, after *bardge.Client) {
			return s.Client, s.corrected(s.WithJournal())
		},
		"corrected back": func(s *bookedSandbox) (before, after *bardge.Client) {
			return s.corrected(s.WithJournal()), s.NewClient(s.WithJournal(),
				bardge.WithHTTPClient(&http.Client{Transport: moved(s.Sandbox)}),
				bardge.WithPath("IssuePass", "/passes_issued"), bardge.WithPath("IssuePass", "/issued_passes"))
		},
	} {
		for _, recovers := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", by recovery: ", recovers), func(t *testing.T) {
				withBooking(t, func(t *testing.T, s *bookedSandbox) {
					before, after := clients(s)
					s.Next(sandbox.IssuePass, sandbox.LoseResponse)
					_, _, err := before.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"), bardge.WithMaxAttempts(1))
					require.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
					if recovers {
						for r, err := range after.Recover(t.Context()) {
							require.NoError(t, err)
							require.NoError(t, r.Err)
							assert.Equal(t, bardge.ActionResend, r.Action)
						}
					}
					pass, resp, err := after.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
					require.NoError(t, err)
					assert.Equal(t, recovers, resp.FromJournal)
					assert.Equal(t, !recovers, resp.Replayed)
					assert.NotEmpty(t, pass.ID)
					assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
				})
			})
		}
	}
}

func TestWithPath_ATransportKnowsThePathInUse(t *testing.T) {
	withBooking(t, func(t *testing.T, s *bookedSandbox) {
		c := &http.Client{Transport: bardge.NewTransport(moved(s.Sandbox),
			bardge.WithBaseURL(s.URL), bardge.WithPath("IssuePass", "/passes_issued"), bardge.WithPath("CancelBooking", otherCancel))}
		send := func(path, body string) (*http.Response, error) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(body))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+s.APIKey)
			req.Header.Set("Content-Type", "application/json")
			return c.Do(req)
		}
		s.Next(sandbox.IssuePass, sandbox.LoseResponse)
		resp, err := send("/passes_issued", fmt.Sprintf(`{"client_id":%q,"pass_id":%q}`, s.Seed.ClientID, s.Seed.PassID))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "true", resp.Header.Get("X-Idempotent-Replayed"))
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestWithPath_RefusesWhatIsNotThePathOfTheOperation(t *testing.T) {
	path := bardge.WithPath
	for name, row := range map[string]struct {
		opts []bardge.Option
		want string
	}{
		"unknown":             {[]bardge.Option{path("X", "/x")}, "WithPath: path is of no operation"},
		"a raw operation":     {[]bardge.Option{registered(bardge.Keyed), path("RawIssue", "/x")}, "path is of no operation"},
		"no parameter":        {[]bardge.Option{path("CancelBooking", "/cancel")}, "does not have each parameter"},
		"another":             {[]bardge.Option{path("CancelBooking", "/cancel/{id}")}, "does not have each parameter"},
		"twice":               {[]bardge.Option{path("CancelBooking", "/cancel/{bookingId}/{bookingId}")}, "does not have each parameter"},
		"one too many":        {[]bardge.Option{path("IssuePass", "/passes/{id}/issue")}, "does not have each parameter"},
		"part of a segment":   {[]bardge.Option{path("CancelBooking", "/cancel-{bookingId}")}, "must be escaped"},
		"no slash":            {[]bardge.Option{path("IssuePass", "issue")}, "begin with a slash"},
		"empty":               {[]bardge.Option{path("IssuePass", "")}, "begin with a slash"},
		"a slash at the end":  {[]bardge.Option{path("IssuePass", "/issue/")}, "empty segment"},
		"dots":                {[]bardge.Option{path("IssuePass", "/../issue")}, "dot segment"},
		"a query":             {[]bardge.Option{path("IssuePass", "/issue?a=b")}, "must be escaped"},
		"another operation's": {[]bardge.Option{path("IssuePass", "/credit_purchases")}, "may be taken for the one of"},
		"a read in its place": {[]bardge.Option{path("QuoteSpaCopay", "/issued_passes/{id}/expiry")}, "may be taken for the one of"},
		"its own, otherwise":  {[]bardge.Option{path("CancelBooking", "/{bookingId}/bookings/cancel")}, "another path of the operation"},
	} {
		_, err := bardge.New("key-of-the-reseller", row.opts...)
		require.ErrorContains(t, err, row.want, name)
		require.ErrorAs(t, err, new(*bardge.InvalidError), name)
		req, reqErr := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://localhost/", nil)
		require.NoError(t, reqErr)
		_, err = bardge.NewTransport(nil, row.opts...).RoundTrip(req)
		require.Error(t, err, name)
	}
	_, err := bardge.New("key-of-the-reseller", path("IssuePass", "/x"), path("IssuePass", "/issued_passes"),
		path("PurchaseCredits", "/y"), path("UpdateIssuedPass", "/x"))
	require.NoError(t, err, "the last one is in use")
}
