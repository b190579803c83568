package fakeserver_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// digs is a vendor whose one operation takes a while.
func digs(t *testing.T, work func()) *fakeserver.Server[operation] {
	t.Helper()
	chosen, err := fakeserver.NewSettings(fakeserver.KeyRules{Header: "X-Key", Memory: time.Hour}, nil)
	require.NoError(t, err)
	server := fakeserver.Serve(fakeserver.Vendor[operation]{
		Operations: []operation{dig},
		Account:    func(*fakeserver.Call, *http.Request) (string, *fakeserver.Response) { return "everybody", nil },
		Routes: func(around func(op operation, keyed bool, next http.Handler) http.Handler) http.Handler {
			return around(dig, false, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				work()
				fakeserver.CallOf(r).Executed()
			}))
		},
	}, chosen)
	t.Cleanup(server.Close)
	return server
}

func ask(server *fakeserver.Server[operation]) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	server.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, "/", http.NoBody))
	return recorder
}

func TestCloseWaitsForRequestsOfForeignListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := digs(t, func() { time.Sleep(time.Minute) })
		go ask(server)
		synctest.Wait()
		start := time.Now()
		server.Close()
		assert.Equal(t, time.Minute, time.Since(start))
		assert.Equal(t, 1, server.Executed(dig))
	})
}

func TestOperationsRunOneAtATime(t *testing.T) {
	const requests = 100
	var working, most atomic.Int32
	server := digs(t, func() {
		most.Store(max(most.Load(), working.Add(1)))
		runtime.Gosched()
		working.Add(-1)
	})
	var all sync.WaitGroup
	for range requests {
		all.Go(func() { assert.Equal(t, http.StatusOK, ask(server).Code, "the status of who writes none") })
	}
	all.Wait()
	assert.EqualValues(t, 1, most.Load())
	assert.Equal(t, requests, server.Executed(dig))
}

func TestHandlerOfAnOperationIsReachedThroughTheServerAlone(t *testing.T) {
	assert.Panics(t, func() { fakeserver.CallOf(httptest.NewRequest(http.MethodGet, "/", http.NoBody)) })
}
