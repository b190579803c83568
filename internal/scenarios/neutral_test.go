package scenarios

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
)

// An option of a call, as each vendor's package makes it.
type option struct {
	bardge   bardge.CallOption
	bluesnap bluesnap.CallOption
}

func withRef(ref string) option { return option{bardge.WithRef(ref), bluesnap.WithRef(ref)} }

func withKey(k idem.Key) option {
	return option{bardge.WithIdempotencyKey(k), bluesnap.WithIdempotencyKey(k)}
}

func withMaxAttempts(n int) option {
	return option{bardge.WithMaxAttempts(n), bluesnap.WithMaxAttempts(n)}
}

func withTimeout(d time.Duration) option {
	return option{bardge.WithTimeout(d), bluesnap.WithTimeout(d)}
}

func withHeader(name, value string) option {
	return option{bardge.WithHeader(name, value), bluesnap.WithHeader(name, value)}
}

func withExtraField(name string, value any) option {
	return option{bardge.WithExtraField(name, value), bluesnap.WithExtraField(name, value)}
}

// A setting of a client, as each vendor's package makes it.
type setting struct {
	bardge   bardge.Option
	bluesnap bluesnap.Option
}

func withJournal(j journal.Journal, account string) setting {
	return setting{bardge.WithJournal(j, account), bluesnap.WithJournal(j, account)}
}

func withJournalSecret(secret []byte, previous ...[]byte) setting {
	return setting{bardge.WithJournalSecret(secret, previous...), bluesnap.WithJournalSecret(secret, previous...)}
}

func withJournalTimeout(d time.Duration) setting {
	return setting{bardge.WithJournalTimeout(d), bluesnap.WithJournalTimeout(d)}
}

func withBaseURL(u string) setting { return setting{bardge.WithBaseURL(u), bluesnap.WithBaseURL(u)} }

func withHTTPClient(c *http.Client) setting {
	return setting{bardge.WithHTTPClient(c), bluesnap.WithHTTPClient(c)}
}

func withRetryPolicy(p idem.Policy) setting {
	return setting{bardge.WithRetryPolicy(bardge.RetryPolicy(p)), bluesnap.WithRetryPolicy(p)}
}

func withLogger(l *slog.Logger) setting { return setting{bardge.WithLogger(l), bluesnap.WithLogger(l)} }

func withObserver(f func(idem.Event)) setting {
	return setting{bardge.WithObserver(f), bluesnap.WithObserver(f)}
}

func withRateLimit(n float64) setting {
	return setting{bardge.WithRateLimit(n), bluesnap.WithRateLimit(n)}
}

func withLimiter(l interface{ Wait(context.Context) error }) setting {
	return setting{bardge.WithLimiter(l), bluesnap.WithLimiter(l)}
}

func withMaxConcurrent(n int) setting {
	return setting{bardge.WithMaxConcurrent(n), bluesnap.WithMaxConcurrent(n)}
}

func withUserAgent(product string) setting {
	return setting{bardge.WithUserAgent(product), bluesnap.WithUserAgent(product)}
}

// picked returns one vendor's part of all.
func picked[F, T any](all []F, of func(F) T) []T {
	parts := make([]T, len(all))
	for i, one := range all {
		parts[i] = of(one)
	}
	return parts
}

// asDefault is an option of a call as a setting, which some are.
func asDefault(o option) setting {
	return setting{o.bardge.(bardge.Option), o.bluesnap.(bluesnap.Option)}
}

// withReconciler takes a function that finds out about one operation.
func withReconciler(operation string, find func(o *recovered) (bardge.ReconcileResult, error)) setting {
	if find == nil {
		return setting{bardge.WithReconciler(operation, nil), bluesnap.WithReconciler(operation, nil)}
	}
	return setting{
		bardge.WithReconciler(operation, func(_ context.Context, o bardge.PendingOperation) (bardge.ReconcileResult, error) {
			return find(alike[recovered](o))
		}),
		bluesnap.WithReconciler(operation, func(_ context.Context, o bluesnap.PendingOperation) (bluesnap.ReconcileResult, error) {
			found, err := find(alike[recovered](o))
			return bluesnap.ReconcileResult(found), err
		}),
	}
}

// A word is a resolution, as each vendor's package makes it.
type word struct {
	bardge   bardge.Resolution
	bluesnap bluesnap.Resolution
}

func executed(id string) word { return word{bardge.Executed(id), bluesnap.Executed(id)} }

func notExecuted() word { return word{bardge.NotExecuted(), bluesnap.NotExecuted()} }

func (w word) unverified() word { return word{w.bardge.Unverified(), w.bluesnap.Unverified()} }

func (w word) by(who, why string) word {
	return word{w.bardge.By(who).Note(why), w.bluesnap.By(who).Note(why)}
}

func (w word) generation(n int) word {
	return word{w.bardge.Generation(n), w.bluesnap.Generation(n)}
}

// A result is what a call returned.
type result struct {
	response

	id    string // of what was made; empty without a value
	err   error
	whole bool // either a value or an error, which has the response
}

// A response has the fields that the vendors' have in common.
type response struct {
	Operation   string
	Outcome     idem.Outcome
	StatusCode  int
	Raw         []byte
	Key         idem.Key
	Recovered   bool
	FromJournal bool
	RecordErr   error
	Attempts    []idem.Attempt

	own any // the vendor's, which prints
}

// recovered has the fields that the vendors' PendingOperation and
// RecoveryResult have in common.
type recovered struct {
	ID, Operation, Ref string
	Key                idem.Key
	Since              time.Time
	Header             http.Header
	Body               []byte

	Action    idem.RecoveryAction
	Outcome   idem.Outcome
	SafeUntil time.Time
	Evidence  string
	Err       error

	response *response
	own      any // the vendor's, which prints
}

// alike returns a T with the values that the fields of these names have in from.
func alike[T any](from any) *T {
	var to T
	source, fields := reflect.Indirect(reflect.ValueOf(from)), reflect.ValueOf(&to).Elem()
	for f := range fields.Type().Fields() {
		if value := source.FieldByName(f.Name); f.IsExported() && value.IsValid() {
			fields.FieldByName(f.Name).Set(value)
		}
	}
	return &to
}

func responseOf(own any) *response {
	resp := alike[response](own)
	resp.own = own
	return resp
}

// resultOf returns what a call returned. id picks the id of what was made, and
// in the response that an error has.
func resultOf[T, R any](value *T, resp *R, err error, id func(*T) string, in func(error) *R) result {
	r := result{err: err, response: *responseOf(resp)}
	if value != nil {
		r.id = id(value)
	}
	r.whole = (value == nil) == (err != nil) && (err == nil || in(err) == resp)
	return r
}

// recoveredOf is nil for the nil that comes with an error of the loop.
func recoveredOf[T any](own *T) *recovered {
	if own == nil {
		return nil
	}
	r := alike[recovered](own)
	r.own, r.response = own, responseOf(reflect.ValueOf(own).Elem().FieldByName("Response").Interface())
	return r
}

func allRecovered[T any](all iter.Seq2[*T, error]) iter.Seq2[*recovered, error] {
	return func(yield func(*recovered, error) bool) {
		for r, err := range all {
			if !yield(recoveredOf(r), err) {
				return
			}
		}
	}
}

func eachRecovered[T any](each func(*recovered)) func(*T) {
	if each == nil {
		return nil
	}
	return func(r *T) { each(recoveredOf(r)) }
}
