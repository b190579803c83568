package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// checked is a sandbox behind a real socket, whose responses a test may change.
type checked struct {
	*testing.T
	*sandbox.Sandbox

	server *httptest.Server
}

func newChecked(t *testing.T, start func(http.Handler) *httptest.Server, between func(http.Handler) http.Handler) *checked {
	t.Helper()
	sb, err := sandbox.New()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	handler := sb.Handler()
	if between != nil {
		handler = between(handler)
	}
	server := start(handler)
	t.Cleanup(server.Close)
	return &checked{t, sb, server}
}

// changed serves a sandbox, and changes the headers of each of its responses.
func changed(t *testing.T, change func(http.Header)) *checked {
	t.Helper()
	return newChecked(t, httptest.NewServer, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got := httptest.NewRecorder()
			next.ServeHTTP(got, r)
			maps.Copy(w.Header(), got.Header())
			change(w.Header())
			w.WriteHeader(got.Code)
			_, _ = got.Body.WriteTo(w)
		})
	})
}

func (c *checked) url() string { return c.server.URL + sandbox.BasePath }

// client returns a client of the server. Waits are short.
func (c *checked) client(opts ...bardge.Option) *bardge.Client {
	c.Helper()
	return newClient(c.T, c.APIKey, append([]bardge.Option{bardge.WithBaseURL(c.url())}, opts...)...)
}

func newClient(t *testing.T, key string, opts ...bardge.Option) *bardge.Client {
	t.Helper()
	quick := bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Millisecond, MaxDelay: time.Millisecond})
	client, err := bardge.New(key, append([]bardge.Option{quick}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// start makes a sandbox and its client.
func start(t *testing.T, opts ...bardge.Option) (*sandbox.Sandbox, *bardge.Client) {
	t.Helper()
	sb, err := sandbox.New()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	opts = append(opts, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	return sb, newClient(t, sb.APIKey, opts...)
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connection returns what a report has of a subject.
func connection(t *testing.T, r *bardge.CheckReport, subject string) bardge.CheckFinding {
	t.Helper()
	for _, f := range r.Connection {
		if f.Subject == subject {
			return f
		}
	}
	require.Fail(t, "no such subject", subject)
	return bardge.CheckFinding{}
}

func operation(t *testing.T, r *bardge.CheckReport, name string) bardge.CheckedOperation {
	t.Helper()
	for _, op := range r.Operations {
		if op.Operation == name {
			return op
		}
	}
	require.Fail(t, "no such operation", name)
	return bardge.CheckedOperation{}
}

// firstLine is the first line of a report.
func firstLine(r *bardge.CheckReport) string {
	line, _, _ := strings.Cut(r.Text(), "\n")
	return line
}

func TestCheckConfirmsTheSandbox(t *testing.T) {
	sb, client := start(t)
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{ClientID: sb.Seed.ClientID})
	require.NoError(t, err)
	assert.Zero(t, report.Differs(), report.Text())
	assert.Empty(t, report.Problem)
	for _, name := range []string{
		"ListPasses", "ListProviders", "ListPassProviders", "ListClassCategories", "ListClasses", "GetClass",
		"ListGymCopayOptions", "ListCreditPackages", "ListIssuers", "GetClient", "GetClientCredits", "ListClientBookings",
	} {
		op := operation(t, report, name)
		assert.Equal(t, bardge.CheckConfirmed, op.Verdict, name)
		assert.Equal(t, 3, op.Calls, name)
		assert.Positive(t, op.Latency.Max, name)
		assert.NotEmpty(t, op.RequestID, name)
	}
	pass := operation(t, report, "ListPasses")
	assert.Contains(t, pass.Fields, bardge.CheckFinding{Verdict: bardge.CheckConfirmed, Subject: "Pass.price"})
	assert.Contains(t, pass.Fields, bardge.CheckFinding{
		Verdict: bardge.CheckNotTried, Subject: "Pass.livemode", Seen: "did not come",
	})
	assert.Contains(t, report.Text(), "PassList (object, data, has_more")
	for _, f := range report.Connection {
		assert.NotEqual(t, bardge.CheckNotTried, f.Verdict, f.Subject)
	}
	assert.Len(t, report.Operations, len(gen.Operations()))
	assert.Nil(t, report.Write)
}

// With any ids, only AllowWrites lets a check change something.
func TestCheckChangesNothing(t *testing.T) {
	sb, client := start(t)
	_, err := bardge.Check(t.Context(), client, bardge.CheckOptions{
		ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID, ProviderID: sb.Seed.GymID, ClassID: sb.Seed.ClassID,
		BookingID: "booking_0001", IssuedPassID: "brgpass_0001",
	})
	require.NoError(t, err)
	for _, entry := range sb.Ledger() {
		assert.Equal(t, gen.RetryClassSafe, entry.Operation.Operation().Class, entry.Operation)
	}
}

func TestCheckIssuesOnePassAndSeesTheReplay(t *testing.T) {
	sb, client := start(t)
	report, err := bardge.Check(t.Context(), client, issuing(sb))
	require.NoError(t, err)
	require.NotNil(t, report.Write)
	w := *report.Write
	assert.Equal(t, bardge.OutcomeDone, w.Outcome)
	assert.True(t, w.Repeated && w.Replayed && w.SameID, report.Text())
	assert.NotEmpty(t, w.ID)
	assert.NotEmpty(t, w.Key)
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
	assert.Equal(t, 2, sb.Requests(sandbox.IssuePass))
	assert.Equal(t, bardge.CheckConfirmed, operation(t, report, "GetIssuedPass").Verdict, "the pass is read")
	assert.Zero(t, report.Differs(), report.Text())
}

func issuing(sb *sandbox.Sandbox) bardge.CheckOptions {
	return bardge.CheckOptions{
		AllowWrites: []string{"IssuePass"},
		IssuePass:   bardge.IssuePassParams{ClientID: sb.Seed.ClientID, PassID: sb.Seed.PassID},
	}
}

// A pass that may have been issued is reported with its key, which resumes it.
func TestCheckReportsTheKeyOfAnUnknownIssue(t *testing.T) {
	sb, client := start(t, bardge.WithMaxAttempts(1))
	sb.Next(sandbox.IssuePass, sandbox.LoseResponse)
	report, err := bardge.Check(t.Context(), client, issuing(sb))
	require.Error(t, err)
	assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
	assert.Contains(t, firstLine(report), "IssuePass may have been executed")
	assert.Equal(t, bardge.OutcomeUnknown, report.Write.Outcome)
	assert.False(t, report.Write.SafeUntil.IsZero())
	assert.Contains(t, report.Text(), report.Write.Key)

	key, err := bardge.SentKey(report.Write.Key, report.Started)
	require.NoError(t, err)
	_, resp, err := client.IssuedPasses.Issue(t.Context(), issuing(sb).IssuePass, bardge.WithIdempotencyKey(key))
	require.NoError(t, err)
	assert.True(t, resp.Replayed)
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}

// A server that forgets keys executes the repetition: the report shows it.
func TestCheckFindsARepetitionThatIsExecutedAgain(t *testing.T) {
	c := newChecked(t, httptest.NewServer, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Idempotency-Key")
			next.ServeHTTP(w, r)
		})
	})
	report, err := bardge.Check(t.Context(), c.client(), issuing(c.Sandbox))
	require.NoError(t, err)
	assert.False(t, report.Write.SameID)
	assert.NotEmpty(t, report.Write.SecondID)
	assert.NotEqual(t, report.Write.ID, report.Write.SecondID)
	assert.Contains(t, report.Markdown(), "the operation was executed again")
	assert.Contains(t, report.Text(), "second id: "+report.Write.SecondID)
	assert.Positive(t, report.Differs())
}

// A write that is rejected keeps no read from being tried.
func TestCheckGoesOnAfterARejectedWrite(t *testing.T) {
	bend, err := sandbox.ParseBend("IssuePass: rename-request pass_id package_id")
	require.NoError(t, err)
	sb, err := sandbox.New(sandbox.WithDrift(bend))
	require.NoError(t, err)
	defer sb.Close()
	client := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	o := issuing(sb)
	o.ClientID = sb.Seed.ClientID
	report, err := bardge.Check(t.Context(), client, o)
	assert.Equal(t, bardge.OutcomeRejected, bardge.OutcomeOf(err))
	assert.Equal(t, "IssuePass: The API rejects the request (status 400, validation_error).", firstLine(report))
	assert.Contains(t, report.Advice, "WithoutField and WithExtraField")
	assert.Equal(t, bardge.CheckConfirmed, operation(t, report, "GetClient").Verdict)
	assert.Contains(t, operation(t, report, "GetIssuedPass").Seen, "id of an issued pass is needed")
	assert.NotContains(t, report.Text(), "safe until")
	assert.Zero(t, sb.Executed(sandbox.IssuePass))
}

func TestCheckRefusesWhatItMustNotDo(t *testing.T) {
	sb, client := start(t)
	pass := bardge.IssuePassParams{ClientID: "c", PassID: "p"}
	for want, o := range map[string]bardge.CheckOptions{
		"CheckOptions.AllowWrites names another operation than IssuePass": {AllowWrites: []string{"PurchaseCredits"}, IssuePass: pass},
		"CheckOptions.AllowWrites names another operation":                {AllowWrites: []string{"IssuePass", "CancelBooking"}, IssuePass: pass},
		"CheckOptions.IssuePass is set, but AllowWrites does not name it": {IssuePass: pass},
		"CheckOptions.IssuePass lacks IssuePassParams.ClientID":           {AllowWrites: []string{"IssuePass"}},
		"CheckOptions.IssuePass lacks IssuePassParams.PassID":             {AllowWrites: []string{"IssuePass"}, IssuePass: bardge.IssuePassParams{ClientID: "c"}},
		"CheckOptions.Samples is not between 1 and 20":                    {Samples: 21},
		"CheckOptions.Samples is not between 1 and 20 ":                   {Samples: -1},
		"CheckOptions.CallTimeout is negative":                            {CallTimeout: -1},
		"CheckOptions.Timeout is negative":                                {Timeout: -1},
	} {
		report, err := bardge.Check(t.Context(), client, o)
		assert.Nil(t, report)
		assert.ErrorContains(t, err, strings.TrimSpace(want))
		assert.ErrorAs(t, err, new(*bardge.InvalidError))
	}
	_, err := bardge.Check(t.Context(), nil, bardge.CheckOptions{})
	require.ErrorContains(t, err, "client is nil")
	assert.Empty(t, sb.Ledger(), "nothing was sent")
}

func TestCheckEndsAtARefusedKey(t *testing.T) {
	sb, _ := start(t)
	client := newClient(t, "another_key_0001", bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()))
	report, err := bardge.Check(t.Context(), client, issuing(sb))
	require.Error(t, err)
	assert.Equal(t, "The API refuses the API key (status 401, invalid_api_key).", firstLine(report))
	assert.Contains(t, report.Advice, "Check that the key is whole")
	assert.Len(t, sb.Ledger(), 1)
	assert.NotContains(t, report.Text()+report.Markdown()+reportJSON(t, report), "another_key")
}

func TestCheckEndsAtADisabledAccount(t *testing.T) {
	sb, client := start(t)
	sb.SetAccountEnabled(false)
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{})
	require.ErrorIs(t, err, bardge.ErrAccountDisabled)
	assert.Equal(t, "The reseller's account is disabled (status 403, account_disabled).", firstLine(report))
}

func reportJSON(t *testing.T, r *bardge.CheckReport) string {
	t.Helper()
	text, err := json.Marshal(r)
	require.NoError(t, err)
	return string(text)
}

// A lost connection passes: the operation is not confirmed, and does not differ.
func TestCheckTakesNoPassingFaultForADifference(t *testing.T) {
	sb, client := start(t)
	sb.Next(sandbox.ListIssuers, sandbox.ResetBefore, sandbox.ResetBefore, sandbox.ResetBefore)
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{})
	require.NoError(t, err)
	op := operation(t, report, "ListIssuers")
	assert.Equal(t, bardge.CheckNotTried, op.Verdict)
	assert.Contains(t, op.Seen, "connection reset")
	assert.Zero(t, report.Differs(), report.Text())
	assert.Equal(t, bardge.CheckConfirmed, operation(t, report, "ListCreditPackages").Verdict, "the others are tried")
}

// An id that does not exist is the user's, or the path is another.
func TestCheckNamesAnIdThatDoesNotExist(t *testing.T) {
	_, client := start(t)
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{BookingID: "booking_none"})
	require.NoError(t, err)
	op := operation(t, report, "GetBookingStatus")
	assert.Equal(t, bardge.CheckDiffers, op.Verdict)
	assert.Equal(t, `If the id exists, the path is another: WithPath("GetBookingStatus", ...).`, op.Advice)
	assert.Equal(t, 1, op.Calls, "it is not repeated")
	assert.NotContains(t, reportJSON(t, report), "booking_none")
}

// A corrected path is the one that is tried, and shown.
func TestCheckUsesCorrectedPaths(t *testing.T) {
	sb, err := sandbox.New(sandbox.WithDrift(sandbox.MoveOperation(sandbox.ListIssuers, "/pass_issuers")))
	require.NoError(t, err)
	defer sb.Close()
	client := newClient(t, sb.APIKey, bardge.WithBaseURL(sb.URL), bardge.WithHTTPClient(sb.Client()),
		bardge.WithPath("ListIssuers", "/pass_issuers"))
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{Samples: 1})
	require.NoError(t, err)
	op := operation(t, report, "ListIssuers")
	assert.Equal(t, bardge.CheckConfirmed, op.Verdict, report.Text())
	assert.Equal(t, "/pass_issuers", op.Path)
}

// Without a response each read waits for its time, and all for theirs.
func TestCheckIsBoundedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		client := newClient(t, "key_0001", bardge.WithHTTPClient(&http.Client{Transport: silent}))
		begun := time.Now()
		report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{})
		require.Error(t, err)
		assert.Equal(t, "api-prod.bardge.com:443 accepts the connection, but no response came in time.", firstLine(report))
		assert.LessOrEqual(t, time.Since(begun), 10*time.Second)

		begun = time.Now()
		report, err = bardge.Check(t.Context(), client, bardge.CheckOptions{Timeout: 5 * time.Second})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, "The check was not done in 5s.", firstLine(report))
		assert.LessOrEqual(t, time.Since(begun), 5*time.Second)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCheckIsCancelled(t *testing.T) {
	sb, client := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := bardge.Check(ctx, client, issuing(sb))
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "The check was cancelled.", firstLine(report))
	assert.Zero(t, sb.Requests(sandbox.IssuePass))
}

// With a journal the repetition has the recorded result, and is not sent: the
// report claims nothing about the replay.
func TestCheckClaimsNoReplayThatTheJournalGave(t *testing.T) {
	sb, client := start(t, bardge.WithJournal(journal.NewMemory(), "acme"))
	report, err := bardge.Check(t.Context(), client, issuing(sb))
	require.NoError(t, err)
	assert.False(t, report.Write.Repeated)
	assert.Contains(t, report.Text(), "not sent again: the journal has its result")
	assert.Equal(t, 1, sb.Requests(sandbox.IssuePass))
	assert.Zero(t, report.Differs(), report.Text())
}

func TestCheckReportIsTheSameAfterJSON(t *testing.T) {
	sb, client := start(t)
	report, err := bardge.Check(t.Context(), client, issuing(sb))
	require.NoError(t, err)
	var back bardge.CheckReport
	require.NoError(t, json.Unmarshal([]byte(reportJSON(t, report)), &back))
	assert.JSONEq(t, reportJSON(t, report), reportJSON(t, &back))
	assert.Equal(t, report.Text(), back.Text())
}

// A server that repeats the API key, and what was sent, finds neither in a
// report.
func TestCheckReportsNoSecret(t *testing.T) {
	const key, person = "s3cret_key_0001", "Okafor"
	echo := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Bardge-Request-Id", key)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Via", key)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":{"type":%q,"code":%q,"message":%q,%q:1},%q:%q}`, key, key, person, key, key, person)
	}
	server := httptest.NewServer(http.HandlerFunc(echo))
	defer server.Close()
	report, err := bardge.Check(t.Context(), newClient(t, key, bardge.WithBaseURL(server.URL)), bardge.CheckOptions{ClientID: person})
	require.NoError(t, err)
	for _, text := range []string{report.Text(), report.Markdown(), reportJSON(t, report)} {
		assert.NotContains(t, text, key)
		assert.NotContains(t, text, person)
	}
	assert.Positive(t, report.Differs())
}

// The check's calls are not the client's: its own report is left alone.
func TestCheckGathersInItsOwnReport(t *testing.T) {
	var own bardge.DriftReport
	_, client := start(t, bardge.WithDriftReport(&own))
	report, err := bardge.Check(t.Context(), client, bardge.CheckOptions{})
	require.NoError(t, err)
	assert.Empty(t, own.Operations())
	assert.NotEmpty(t, report.Drift.Operations())
}
