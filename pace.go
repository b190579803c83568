package bardge

import (
	"context"

	"github.com/bardge/bardge-go/internal/sdk"
)

// WithRateLimit states the server's limit, in requests a second, where it is
// known: the client's requests, retries and reads included, keep 4 % below it,
// evenly spread. Give each client of one API key its share. The number must be
// above 0 and at most a million.
//
// The default is to find the limit: nothing is slowed down until the server
// rejects a request with 429. From then on all requests of the client wait for
// their turn, at most 64 are under way at the same time, and the rate is cut
// with further 429s and grows without them; 10 minutes after the last one it is
// forgotten. A Retry-After pauses the whole client, for a minute at most.
//
// A call waits within its own bounds: its deadline, and its MaxElapsedTime. If
// its turn cannot come in time it ends with [ErrRateLimited].
func WithRateLimit(perSecond float64) Option { return shared(sdk.RateLimit(perSecond)) }

// WithLimiter makes each request of the client, retries and reads included,
// wait for l before it is sent. A *rate.Limiter of golang.org/x/time/rate is
// one, as is a limit that processes share. One request waits for l at a time,
// and retries go first. Wait must return when its context ends, and be safe for
// concurrent use; a nil l is refused, and so is one beside [WithRateLimit].
//
// If l refuses because a call has too little time, the call ends with
// [ErrRateLimited]. Another error ends it likewise, and is in its chain; that
// attempt sends nothing.
func WithLimiter(l interface {
	Wait(ctx context.Context) error
},
) Option {
	return shared(sdk.Limiter(l))
}

// WithMaxConcurrent limits the requests that are under way at the same time to
// n, at least 1. Others wait, retries before new calls. The default is no limit
// until the server has rejected a request with 429, then 64. A client that has
// had few requests under way raises their number step by step: 10 at first.
func WithMaxConcurrent(n int) Option { return shared(sdk.MaxConcurrent(n)) }
