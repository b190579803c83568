package bluesnaptest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestAuthorizationIsBasicWithExactlyOneSpace(t *testing.T) {
	inBubble(t, func(g *rig) {
		good := basic(g.Username, g.Password)
		for _, value := range []string{
			"", strings.Replace(good, " ", "  ", 1), strings.Replace(good, " ", "\t", 1),
			strings.Replace(good, " ", "", 1), strings.Replace(good, "Basic", "Bearer", 1), "Basic",
			basic(g.Username, ""), basic(g.Username, g.Password+"x"), basic(g.Username, g.Seed.OtherPassword),
		} {
			shown := g.with("Authorization", value).pay().made(http.StatusUnauthorized)
			assert.Equal(t, "401", shown["errorCode"], value)
			assert.NotEmpty(t, shown["errorDescription"])
			assert.NotContains(t, shown, "message", "the error of authentication has a shape of its own")
		}
		g.with("Authorization", strings.Replace(good, "Basic", "basic", 1)).pay().made(http.StatusOK)
		assert.Equal(t, 1, g.Executed(bluesnaptest.CreateCardTransaction))
		g.xml().with("Authorization", "").get("/orders/1").refused(http.StatusUnauthorized, "401", "UNAUTHORIZED")
	})
}

func TestFaultsSpeakTheVendorsWords(t *testing.T) {
	for _, row := range []struct {
		fault    fakeserver.Fault
		status   int
		said     string
		executed int
	}{
		{fakeserver.Unavailable(1500 * time.Millisecond), 503, "not available", 0},
		{fakeserver.TooMany(2 * time.Second), 429, "Too many", 0},
		{fakeserver.ServerErrorBefore(500), 500, `"code":"10000"`, 0},
		{fakeserver.ServerErrorAfter(502), 502, `"errorName":"SERVER_GENERAL_FAILURE"`, 1},
		{fakeserver.ProxyPage(403), 403, "<html>", 0},
		{fakeserver.ProxyPageAfter(504), 504, "<html>", 1},
		{"flood", 400, "Bardge-Sandbox-Fault names no fault", 0},
	} {
		t.Run(string(row.fault), bubbleTest(func(g *rig) {
			r := g.with(fakeserver.FaultHeader, string(row.fault)).key("k").pay()
			require.NoError(t, r.err)
			assert.Equal(t, row.status, r.status)
			assert.Contains(t, r.body, row.said)
			assert.Equal(t, row.status == 429 || row.status == 503, r.header.Get("Retry-After") == "2")
			assert.Equal(t, row.executed, g.Executed(bluesnaptest.CreateCardTransaction))
		}))
	}
}

func TestAnswersThatGetLost(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(bluesnaptest.CreateCardTransaction, fakeserver.ResetBefore, fakeserver.Refuse,
			fakeserver.LoseResponse, fakeserver.CutResponse)
		for range 3 {
			require.Error(t, g.key("a").pay().err)
		}
		require.Error(t, g.key("b").pay().err)
		assert.Equal(t, 2, g.Executed(bluesnaptest.CreateCardTransaction))
		g.Outage(5 * time.Second)
		require.Error(t, g.key("a").pay().err)
		time.Sleep(6 * time.Second)
		g.key("a").pay().made(http.StatusOK)
		g.key("b").pay().made(http.StatusOK)
		assert.Equal(t, 2, g.Executed(bluesnaptest.CreateCardTransaction))
	})
}

func TestDelayAfterExecutesAtOnce(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(bluesnaptest.CreateCardTransaction, fakeserver.DelayAfter(time.Minute))
		done := make(chan reply)
		go func() { done <- g.key("k").pay() }()
		synctest.Wait()
		start := time.Now()
		again := g.key("k").pay()
		assert.Zero(t, time.Since(start), "a repetition gets the response")
		assert.Equal(t, again.body, (<-done).body)
		assert.Equal(t, time.Minute, time.Since(start))
	})
}

func TestManyCallersUnderRandomFaultsPayOnceEach(t *testing.T) {
	inBubble(t, func(g *rig) {
		const callers, tries = 30, 60
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				caller := g.key(string(rune('A'+i%26)) + string(rune('A'+i/26)))
				for range tries {
					if r := caller.pay(); r.err == nil && r.status == http.StatusOK && r.header.Get(keyHeader) != "" {
						return
					}
					time.Sleep(100 * time.Millisecond)
				}
			})
		}
		all.Wait()
		assert.Equal(t, callers, g.Executed(bluesnaptest.CreateCardTransaction), "each key once")
		assert.Greater(t, g.Requests(bluesnaptest.CreateCardTransaction), callers)
		met := map[fakeserver.Fault]bool{}
		for _, entry := range g.Ledger() {
			met[entry.Fault] = true
		}
		assert.True(t, met[fakeserver.KeyStoreFailure], "the vendor's own fault is among them")
	}, fakeserver.WithRandomFaults(3, 0.6))
}

func TestWhatTheAPIDoesNotKnow(t *testing.T) {
	inBubble(t, func(g *rig) {
		for _, row := range []struct{ method, path string }{
			{http.MethodGet, "/flights"}, {http.MethodDelete, "/transactions"}, {http.MethodGet, "/vendors"},
		} {
			assert.Equal(t, http.StatusNotFound, g.send(row.method, row.path, "").status)
		}
		require.Len(t, g.Ledger(), 3)
		for _, entry := range g.Ledger() {
			assert.EqualValues(t, fakeserver.UnknownRoute, entry.Operation)
			assert.Equal(t, fakeserver.ResultRejected, entry.Result)
			assert.Equal(t, http.StatusNotFound, entry.Status)
		}
	})
}

func TestLedgerHoldsNoSecrets(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(bluesnaptest.CreateCardTransaction, fakeserver.LoseResponse)
		g.key("the-key").pay()
		g.key("the-key").pay()
		g.get("/transactions/1")
		text := g.Ledger().String()
		assert.Equal(t, strings.TrimLeft(`
request   operation              key       result    status  fault          resource
req_0001  CreateCardTransaction  key_0001  executed  -       lose-response  38000003
req_0002  CreateCardTransaction  key_0001  replayed  200     -              38000003
req_0003  GetTransaction         -         rejected  403     -              -
`, "\n"), text)
		for _, secret := range []string{"the-key", g.Password, "4263982640269299", "837"} {
			assert.NotContains(t, text, secret)
		}
	})
}

func TestOperationsByName(t *testing.T) {
	op, err := bluesnaptest.ParseOperation("CreateCardTransaction")
	require.NoError(t, err)
	assert.Equal(t, bluesnaptest.CreateCardTransaction, op)
	_, err = bluesnaptest.ParseOperation("IssuePass")
	require.Error(t, err)
	fault, err := fakeserver.ParseFault("key-store-failure")
	require.NoError(t, err)
	assert.Equal(t, fakeserver.KeyStoreFailure, fault)
}

func TestLocationIsOnTheServerThatWasAsked(t *testing.T) {
	sb := bluesnaptest.Start(t)
	for _, start := range []func(http.Handler) *httptest.Server{httptest.NewServer, httptest.NewTLSServer} {
		server := start(sb.Handler())
		t.Cleanup(server.Close)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+root+"/vendors",
			strings.NewReader(`{"email":"a@example.com","country":"US"}`))
		require.NoError(t, err)
		request.SetBasicAuth(sb.Username, sb.Password)
		request.Header.Set("Content-Type", jsonType)
		response, err := server.Client().Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.True(t, strings.HasPrefix(response.Header.Get("Location"), server.URL+root+"/vendors/"))
		server.Client().CloseIdleConnections()
	}
}
