package scenarios

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestFromEnv(t *testing.T) {
	t.Setenv("BARDGE_API_KEY", "")
	t.Setenv("BARDGE_BASE_URL", "")
	_, err := bardge.FromEnv()
	var invalid *bardge.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "BARDGE_API_KEY is not set", invalid.Error())
	source := func(context.Context) (string, error) { return sdktest.APIKey, nil }
	_, err = bardge.FromEnv(bardge.WithAPIKeyProvider(source))
	require.NoError(t, err)

	t.Setenv("BARDGE_API_KEY", "line\nbreak")
	_, err = bardge.FromEnv()
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "API key", invalid.Field)

	t.Setenv("BARDGE_API_KEY", "key-of-the-environment")
	t.Setenv("BARDGE_BASE_URL", "http://api.example.com")
	_, err = bardge.FromEnv()
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "base URL", invalid.Field, "the environment's is used")
	_, err = bardge.FromEnv(bardge.WithBaseURL(bardge.DefaultBaseURL))
	assert.NoError(t, err, "an option wins over it")
	rotating := bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return "key", nil })
	_, err = bardge.FromEnv(bardge.WithBaseURL(bardge.DefaultBaseURL), rotating, bardge.WithJournal(journal.NewMemory(), "acme"))
	require.ErrorAs(t, err, &invalid, "a key that nobody uses seals nothing")
	assert.Equal(t, "journal secret", invalid.Field)

	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		transport := bardge.WithHTTPClient(&http.Client{Transport: s.Transport()})
		for _, opts := range [][]bardge.Option{
			{transport, bardge.WithBaseURL(s.URL() + sdktest.BasePath)},
			{transport, bardge.WithBaseURL(s.URL() + sdktest.BasePath), bardge.WithAPIKeyProvider(
				func(context.Context) (string, error) { return "key-of-the-source", nil })},
		} {
			client, err := bardge.FromEnv(opts...)
			require.NoError(t, err)
			_, _, err = client.Clients.Get(t.Context(), "c1")
			require.NoError(t, err)
			client.CloseIdleConnections()
		}
		assert.Equal(t, "Bearer key-of-the-environment", s.Requests()[0].Header.Get("Authorization"))
		assert.Equal(t, "Bearer key-of-the-source", s.Requests()[1].Header.Get("Authorization"))
	})
}

// The provider is called for every attempt: a key that was reset is invalid at
// once.
func TestR3_TheAPIKeyIsFreshOnEveryAttemptAndNothingElseChanges(t *testing.T) {
	n := 0
	source := bardge.WithAPIKeyProvider(func(context.Context) (string, error) {
		n++
		return "key-" + strings.Repeat("i", n), nil
	})
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose, sdktest.Respond(503, `{}`), sdktest.Respond(201, `{"id":"brgpass_1"}`)}, func(t *testing.T, s *sdktest.Bardge) {
		client, err := bardge.New("", source, bardge.WithBaseURL(s.URL()+sdktest.BasePath),
			bardge.WithHTTPClient(&http.Client{Transport: s.Transport()}))
		require.NoError(t, err)
		defer client.CloseIdleConnections()
		_, resp, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c1", PassID: "pass_1"},
			bardge.WithHeader("X-Trace", "t1"), bardge.WithExtraField("note", "<&>"))
		require.NoError(t, err)
		seen := s.Requests()
		require.Len(t, seen, 3)
		require.Len(t, resp.Attempts, 3)
		for i, r := range seen {
			assert.Equal(t, "Bearer key-"+strings.Repeat("i", i+1), r.Header.Get("Authorization"))
			assert.Equal(t, resp.Key.String(), r.Header.Get("Idempotency-Key"))
			r.Header.Del("Authorization")
			seen[0].Header.Del("Authorization")
			assert.Equal(t, seen[0], r)
		}
	})
}

func TestAPIKeySourceThatFailsSendsNothing(t *testing.T) {
	broken := errors.New("vault s3cret is sealed")
	for name, source := range map[string]func(context.Context) (string, error){
		"an error":                func(context.Context) (string, error) { return "", broken },
		"an empty key":            func(context.Context) (string, error) { return "", nil },
		"a key that is no header": func(context.Context) (string, error) { return "s3cret\n", nil },
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
			client, err := bardge.New("", bardge.WithAPIKeyProvider(source), bardge.WithBaseURL(s.URL()+sdktest.BasePath),
				bardge.WithHTTPClient(&http.Client{Transport: s.Transport()}))
			require.NoError(t, err)
			value, resp, err := client.IssuedPasses.Issue(t.Context(), somePass)
			e := sdktest.ErrorOf(t, value, resp, err)
			assert.Equal(t, bardge.OutcomeNotSent, e.Outcome)
			assert.NotContains(t, err.Error(), "s3cret")
			assert.Equal(t, name == "an error", errors.Is(err, broken))
			assert.Empty(t, s.Requests())
		}))
	}
}

func TestUserAgentAndAccept(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
		other := s.NewClient(t, bardge.WithUserAgent("shop/1.2"))
		defer other.CloseIdleConnections()
		_, _, err = other.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
		seen := s.Requests()
		assert.Equal(t, "bardge-go/"+bardge.Version, seen[0].Header.Get("User-Agent"))
		assert.Equal(t, "shop/1.2 bardge-go/"+bardge.Version, seen[1].Header.Get("User-Agent"))
		assert.Equal(t, "application/json", seen[0].Header.Get("Accept"))
		assert.Empty(t, seen[0].Header.Get("Idempotency-Key"), "R5: a read carries none")
		assert.Empty(t, seen[0].Header.Get("Content-Type"))
	})
}

func TestObserverAndLoggerGetEveryStep(t *testing.T) {
	var kinds []string
	var log bytes.Buffer
	observer := bardge.WithObserver(func(e bardge.Event) {
		kinds = append(kinds, e.Kind.String()+" "+e.Outcome.String())
	})
	logger := bardge.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{
		Level:       slog.LevelDebug,
		ReplaceAttr: withoutTimes,
	})))
	sdktest.WithBardge(t, sdktest.Script{sdktest.Refuse(503, "api_error", "down"), sdktest.Respond(201, `{"id":"brgpass_1"}`, "X-Idempotent-Replayed", "true")},
		func(t *testing.T, s *sdktest.Bardge) {
			_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
			require.NoError(t, err)
		}, observer, logger)
	assert.Equal(t, []string{
		"attempt started not sent", "attempt ended unknown", "attempt started unknown", "attempt ended done", "call ended done",
	}, kinds)
	assert.Equal(t, `level=DEBUG msg="bardge: attempt started" operation=IssuePass outcome="not sent" attempt=1
level=WARN msg="bardge: attempt ended" operation=IssuePass outcome=unknown attempt=1 status=503 verdict=ambiguous reason="server error" request_id=req_01H8XYZABCDE
level=DEBUG msg="bardge: attempt started" operation=IssuePass outcome=unknown attempt=2
level=DEBUG msg="bardge: attempt ended" operation=IssuePass outcome=done attempt=2 status=201 verdict=done reason=executed replayed=true request_id=req_01H8XYZABCDE
level=DEBUG msg="bardge: call ended" operation=IssuePass outcome=done attempts=2 drift="unknown status: got 503; missing field: IssuedPass.object want string; missing field: IssuedPass.passcode want string; missing field: IssuedPass.status want string; missing field: IssuedPass.categories want array; and 8 more" request_id=req_01H8XYZABCDE
`, log.String())
}

func withoutTimes(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case slog.TimeKey, "took", "wait", "call_id", "key":
		return slog.Attr{}
	default:
		return a
	}
}

func TestJ9_AJournalNeedsASecret(t *testing.T) {
	source := bardge.WithAPIKeyProvider(func(context.Context) (string, error) { return sdktest.APIKey, nil })
	withJournal := bardge.WithJournal(journal.NewMemory(), "acme")
	_, err := bardge.New("", source, withJournal)
	var invalid *bardge.InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Equal(t, "journal secret", invalid.Field)
	_, err = bardge.New("", source, withJournal, bardge.WithJournalSecret([]byte("sixteen bytes .."), []byte("sixteen bytes ..")))
	require.NoError(t, err)
	_, err = bardge.New("", source, withJournal, bardge.WithJournalSecret([]byte("sixteen bytes .."), []byte("short")))
	require.ErrorAs(t, err, &invalid, "one that was used before, too")
	_, err = bardge.New("a-short-api-key", withJournal)
	require.EqualError(t, err, "bardge: WithJournalSecret: journal secret is needed, since the API key has fewer than 16 bytes")
	_, err = bardge.New(sdktest.APIKey, withJournal)
	require.NoError(t, err)
	for _, secret := range []string{"", "fifteen bytes ."} {
		_, err = bardge.New(sdktest.APIKey, withJournal, bardge.WithJournalSecret([]byte(secret)))
		assert.EqualError(t, err, "bardge: WithJournalSecret: journal secret has fewer than 16 bytes", "it could be found by trying")
	}
}

func TestCloseIdleConnections(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		for range 2 {
			_, resp, err := s.Client.Clients.Get(t.Context(), "c1")
			require.NoError(t, err)
			assert.False(t, resp.Attempts[0].ReusedConn)
			s.Client.CloseIdleConnections()
		}
	})
}

func TestClose_ACancellationUnderWayReadsItsBooking(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Second)
		sdktest.Lose(w, r)
	}
	cancelled := sdktest.Respond(200, `{"object":"booking","id":"booking_1","status":"cancelled"}`)
	sdktest.WithBardge(t, sdktest.Script{slow, cancelled}, func(t *testing.T, s *sdktest.Bardge) {
		type end struct {
			resp *bardge.Response
			err  error
		}
		under := make(chan end, 1)
		go func() {
			_, resp, err := s.Client.Bookings.Cancel(t.Context(), "booking_1", bardge.WithMaxAttempts(1))
			under <- end{resp: resp, err: err}
		}()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := s.Client.Close(short)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualError(t, err, "bardge: close: calls still under way: 1: context deadline exceeded")
		require.NoError(t, s.Client.Close(t.Context()))
		e := <-under
		require.NoError(t, e.err)
		assert.True(t, e.resp.Recovered)
		assert.Len(t, s.Requests(), 2)
	})
}
