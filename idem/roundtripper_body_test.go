package idem_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

const maxBody = 10 << 20

// postBody posts a body without GetBody, of a declared length.
func (s *shop) postBody(b io.Reader, length int64) (*closing, error) {
	s.t.Helper()
	body := &closing{Reader: b}
	req := s.request(http.MethodPost, "/charges", body)
	req.ContentLength = length
	_, _, err := s.send(req)
	return body, err
}

func TestTransportReadsABodyOnceAndSendsItAsOftenAsNeeded(t *testing.T) {
	for name, read := range map[string]func(io.Reader) io.Reader{
		"at once":      func(r io.Reader) io.Reader { return r },
		"byte by byte": iotest.OneByteReader,
		"in halves":    iotest.HalfReader,
		"with its end": iotest.DataErrReader,
	} {
		for _, length := range []int64{-1, 0, int64(len(charge))} {
			t.Run(fmt.Sprint(name, length), shopTest(script{says(503, ""), loses, charged}, func(t *testing.T, s *shop) {
				body, err := s.postBody(read(strings.NewReader(charge)), length)
				require.NoError(t, err)
				assert.EqualValues(t, 1, body.closed.Load())
				require.Len(t, s.received(), 3)
				for _, r := range s.received() {
					assert.Equal(t, charge, r.body) //nolint:testifylint // byte for byte
					assert.EqualValues(t, len(charge), r.ContentLength)
				}
			}))
		}
	}
}

type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}

func TestTransportRefusesABodyThatItCannotKeep(t *testing.T) {
	broken := errors.New("broken disk of Ada")
	for name, row := range map[string]struct {
		body   io.Reader
		length int64
		cause  error
		says   string
	}{
		"fails at once":           {body: iotest.ErrReader(broken), cause: broken, says: "could not be read"},
		"fails on the way":        {body: io.MultiReader(strings.NewReader("{"), iotest.ErrReader(broken)), cause: broken, says: "could not be read"},
		"times out":               {body: iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(charge))), cause: iotest.ErrTimeout, says: "could not be read"},
		"shorter than declared":   {body: strings.NewReader(charge), length: 100, says: "is not as long as ContentLength"},
		"longer than declared":    {body: strings.NewReader(charge), length: 5, says: "is not as long as ContentLength"},
		"endless":                 {body: new(endless), says: "is larger than 10485760 bytes"},
		"one byte too much":       {body: io.LimitReader(new(endless), maxBody+1), says: "is larger than"},
		"declared to be too much": {body: iotest.ErrReader(broken), length: maxBody + 1, says: "is larger than"},
	} {
		t.Run(name, shopTest(script{charged}, func(t *testing.T, s *shop) {
			body, err := s.postBody(row.body, row.length)
			require.ErrorContains(t, err, row.says)
			assert.NotContains(t, err.Error(), "Ada", "an error of a body may be personal")
			if row.cause != nil {
				require.ErrorIs(t, err, row.cause)
			} else {
				require.ErrorAs(t, err, new(*idem.InvalidError))
			}
			assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err))
			assert.EqualValues(t, 1, body.closed.Load())
			assert.Empty(t, s.received())
		}))
	}
}

func TestTransportSendsABodyOfTheLargestSize(t *testing.T) {
	inShop(t, script{charged}, func(t *testing.T, s *shop) {
		_, err := s.postBody(io.LimitReader(new(endless), maxBody), maxBody)
		require.NoError(t, err)
		require.Len(t, s.received(), 1)
		assert.Len(t, s.received()[0].body, maxBody)
	})
}

func TestTransportDoesNotWaitForABodyThatBlocks(t *testing.T) {
	inShop(t, script{charged}, func(t *testing.T, s *shop) {
		s.Timeout = 2 * time.Second
		r, feed := io.Pipe()
		begun := time.Now()
		_, _, err := s.send(s.request(http.MethodPost, "/charges", r))
		assert.Less(t, time.Since(begun), s.Timeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorAs(t, err, new(*idem.Failure))
		assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err))
		synctest.Wait()
		_, err = feed.Write([]byte("{"))
		require.ErrorIs(t, err, io.ErrClosedPipe, "the body is closed")
		assert.Empty(t, s.received())
	})
}

// A body's panic reaches the caller, and a Read that ends its goroutine is no
// empty body.
func TestTransportDoesNotSendABodyThatEndsBadly(t *testing.T) {
	inShop(t, script{charged}, func(t *testing.T, s *shop) {
		body := &closing{Reader: reading(func() (int, error) { panic("broken disk") })}
		req := s.request(http.MethodPost, "/charges", body)
		assert.PanicsWithValue(t, "broken disk", func() { _, _ = s.transport.RoundTrip(req) })
		assert.EqualValues(t, 1, body.closed.Load())
		body, err := s.postBody(reading(func() (int, error) { runtime.Goexit(); return 0, nil }), 0)
		assert.Equal(t, idem.OutcomeNotSent, idem.OutcomeOf(err))
		assert.EqualValues(t, 1, body.closed.Load())
		assert.Empty(t, s.received())
	})
}

type reading func() (int, error)

func (f reading) Read([]byte) (int, error) { return f() }

// Clients that repeat by themselves put the next body into the same request.
func TestTransportLeavesARequestAloneOnceItHasReturned(t *testing.T) {
	inShop(t, script{charged}, func(t *testing.T, s *shop) {
		goesOn := make(chan struct{})
		first := &closing{Reader: reading(func() (int, error) { <-goesOn; return 0, io.EOF })}
		second := &closing{Reader: strings.NewReader(charge)}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req := s.request(http.MethodPost, "/charges", first).WithContext(ctx)
		_, err := s.transport.RoundTrip(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		req.Body = second
		close(goesOn)
		synctest.Wait()
		assert.EqualValues(t, 1, first.closed.Load(), "once, although its Read returns later")
		assert.Zero(t, second.closed.Load())
	})
}
