package scenarios

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/sdktest"
)

type reading func() (int, error)

func (f reading) Read([]byte) (int, error) { return f() }

func (o own) postBody(t *testing.T, b io.Reader, length int64) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.w.URL()+"/services/2/transactions", b)
	require.NoError(t, err)
	req.ContentLength = length
	resp, err := o.Do(req)
	if err == nil {
		require.NoError(t, resp.Body.Close())
	}
	return err
}

func TestTransportDoesNotWaitForABodyThatBlocks(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		o.Timeout = 2 * time.Second
		r, feed := io.Pipe()
		begun := time.Now()
		err := o.postBody(t, r, 0)
		assert.Less(t, time.Since(begun), o.Timeout)
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, bluesnap.OutcomeNotSent, e.Outcome)
		synctest.Wait()
		_, err = feed.Write([]byte("{"))
		require.ErrorIs(t, err, io.ErrClosedPipe, "the body is closed")
		assert.Empty(t, s.Requests())
	})
}

// A body's panic reaches the caller, and a Read that ends its goroutine is no
// empty body.
func TestTransportDoesNotSendABodyThatEndsBadly(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
		o := ownCode(t, s)
		b := &body{Reader: reading(func() (int, error) { panic("broken disk") })}
		assert.PanicsWithValue(t, "broken disk", func() { _ = o.postBody(t, b, 0) })
		assert.True(t, b.closed.Load())
		b = &body{Reader: reading(func() (int, error) { runtime.Goexit(); return 0, nil })}
		err := o.postBody(t, b, 0)
		assert.Equal(t, bluesnap.OutcomeNotSent, bluesnap.OutcomeOf(err))
		assert.True(t, b.closed.Load())
		assert.Empty(t, s.Requests())
	})
}

func TestTransportRefusesABodyOfAnotherLength(t *testing.T) {
	for length, sent := range map[int64]int{-1: 1, 0: 1, int64(len(payment)): 1, 5: 0, 100: 0} {
		sdktest.WithBlueSnap(t, sdktest.Script{sdktest.Pay}, func(t *testing.T, s *sdktest.BlueSnap) {
			o := ownCode(t, s)
			err := o.postBody(t, io.NopCloser(strings.NewReader(payment)), length)
			assert.Len(t, s.Requests(), sent, length)
			assert.Equal(t, sent == 1, err == nil, length)
		})
	}
}

// A request that cannot be sent reports what its key knew: the payment before
// it may have been executed.
func TestR29_TransportsRefusedRequestIsAsItsKeyWas(t *testing.T) {
	for name, refused := range map[string]func(*http.Request){
		"a body that fails": func(r *http.Request) { r.Body, r.GetBody = io.NopCloser(failing{io.ErrNoProgress}), nil },
		"another host":      func(r *http.Request) { r.Host = "evil.example" },
		"a bad query":       func(r *http.Request) { r.URL.RawQuery = "a=%zz" },
		"two keys":          func(r *http.Request) { r.Header["Idempotency-Key"] = []string{"a", "b"} },
	} {
		t.Run(name, sdktest.BlueSnapTest(sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.BlueSnap) {
			o := ownCode(t, s, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
			_, err := o.post(t, "/services/2/transactions", payment)
			var e *bluesnap.Error
			require.ErrorAs(t, err, &e)
			req, err := http.NewRequestWithContext(bluesnap.ContextWithKey(t.Context(), e.Key), http.MethodPost,
				s.URL()+"/services/2/transactions", strings.NewReader(payment))
			require.NoError(t, err)
			refused(req)
			_, err = o.Do(req)
			var again *bluesnap.Error
			require.ErrorAs(t, err, &again)
			assert.Equal(t, bluesnap.OutcomeUnknown, again.Outcome)
			assert.Equal(t, e.Key.String(), again.Key.String())
			assert.Len(t, s.Requests(), 1)
		}))
	}
}
