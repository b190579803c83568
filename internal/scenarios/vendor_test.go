package scenarios

import (
	"context"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A vendor is what the stories need to know of one.
type vendor struct {
	name    string
	keyTTL  time.Duration // for how long an operation is sent again under its key
	settled time.Duration // after its intent nothing of an operation is executed any more
	order   string        // the keyed operation that most stories are about
	path    string        // the order's
	other   string        // another keyed operation
	change  string        // an idempotent operation, whose state can be read back
	reading string        // the operation that does

	changeSettled time.Duration // after which nothing of a change is executed any more

	refused     error  // the server's rejection of a refusedOrder
	refusedCode string // the vendor's, of that rejection
	reused      error  // a key belongs to another request
	rateLimited error
	emptyError  error  // a zero *Error
	nilError    error  // a nil *Error
	firstID     string // the id of what the first order makes

	start  func(t *testing.T) server
	client func(settings ...setting) (client, error)
	url    func() string // the server's
	secret func() string // the credential that seals the records by default
	// credentials are that one, and what else must not be shown.
	credentials func() []string
	newKey      func(string) (idem.Key, error)
	// pending is the PendingOperation of a RecoveryResult.
	pending func(*recovered) any
}

// What is ordered.
type goods int

const (
	usual        goods = iota // the server executes it
	anotherOrder              // with another body
	refusedOrder              // the server rejects it
	otherGoods                // by the vendor's other operation
)

// A client is one of the vendors' clients.
type client interface {
	CloseIdleConnections()
	Close(ctx context.Context) error

	order(ctx context.Context, what goods, opts ...option) result
	// change makes an idempotent change of what prepare has returned.
	change(ctx context.Context, id string, opts ...option) result
	prepare(ctx context.Context) (id string, err error)
	read(ctx context.Context, opts ...option) result

	journaled
}

// journaled is what a client does with its journal.
type journaled interface {
	Rebind(ctx context.Context, from idem.Account) error

	recover(ctx context.Context, o idem.RecoveryOptions) iter.Seq2[*recovered, error]
	runRecovery(ctx context.Context, every time.Duration, each func(*recovered)) error
	reserve(in journal.Reserver, f func(option) error) error
	resolve(ctx context.Context, ref string, w word) error
	resolveID(ctx context.Context, id string, w word) error
	operations() operations
}

// operations is a client's view of its journal.
type operations interface {
	List(ctx context.Context, f journal.Filter) ([]*idem.RecordedOperation, error)
	Get(ctx context.Context, ref string) (*idem.RecordedOperation, error)
	GetID(ctx context.Context, id string) (*idem.RecordedOperation, error)
	GetMany(ctx context.Context, refs []string) (map[string]*idem.RecordedOperation, error)
	Stats(ctx context.Context) (journal.Stats, error)
	Erase(ctx context.Context, ref string) error
	EraseID(ctx context.Context, id string) error
	Reseal(ctx context.Context, o idem.ResealOptions) (idem.ResealResult, error)
}

// A server is one of the vendors' sandboxes.
type server interface {
	Down()
	Up()
	Outage(d time.Duration)

	next(operation string, faults ...fakeserver.Fault)
	executed(operation string) int
	requests(operation string) int
}

// typed is a sandbox, whose operations have a type of their own.
type typed[Op ~string] interface {
	Down()
	Up()
	Outage(d time.Duration)
	Next(op Op, faults ...fakeserver.Fault)
	Executed(op Op) int
	Requests(op Op) int
}

type untyped[Op ~string] struct{ typed[Op] }

func (u untyped[Op]) next(op string, faults ...fakeserver.Fault) { u.Next(Op(op), faults...) }
func (u untyped[Op]) executed(op string) int                     { return u.Executed(Op(op)) }
func (u untyped[Op]) requests(op string) int                     { return u.Requests(Op(op)) }

// A shop is a vendor's customer, with a journal that outlives its clients.
type shop struct {
	*vendor
	server

	t       *testing.T
	journal *journal.Memory
	client  client // has the journal
}

// inShops runs a story for each vendor in virtual time, ten minutes past the
// hour.
func inShops(t *testing.T, story func(t *testing.T, s *shop)) {
	t.Helper()
	for _, start := range []func() *vendor{newBardge, newBlueSnap} {
		v := start()
		t.Run(v.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shop{vendor: v, t: t, journal: journal.NewMemory(), server: v.start(t)}
				s.client = s.newClient(s.withJournal())
				time.Sleep(10 * time.Minute)
				story(t, s)
			})
		})
	}
}

func (s *shop) withJournal() setting { return withJournal(s.journal, "acme") }

// newClient is another process. It has no journal but what settings give it.
func (s *shop) newClient(settings ...setting) client {
	s.t.Helper()
	c, err := s.vendor.client(settings...)
	require.NoError(s.t, err)
	s.t.Cleanup(c.CloseIdleConnections)
	return c
}

// succeed places an order, which must end well.
func (s *shop) succeed(c client, opts ...option) result {
	s.t.Helper()
	r := c.order(s.t.Context(), usual, opts...)
	require.NoError(s.t, r.err)
	return r
}

// leaveOpen places an order that ends unknown: executed with its response lost,
// or not executed at all.
func (s *shop) leaveOpen(executed bool, opts ...option) *idem.Failure {
	s.t.Helper()
	fault := fakeserver.ResetBefore
	if executed {
		fault = fakeserver.LoseResponse
	}
	s.next(s.order, fault)
	failed := s.failed(s.client.order(s.t.Context(), usual, append(opts, withMaxAttempts(1))...))
	require.Equal(s.t, idem.OutcomeUnknown, failed.Outcome)
	return failed
}

// leaveChangeOpen is leaveOpen of a change.
func (s *shop) leaveChangeOpen(executed bool, opts ...option) (id string) {
	s.t.Helper()
	id, err := s.client.prepare(s.t.Context())
	require.NoError(s.t, err)
	fault := fakeserver.ResetBefore
	if executed {
		fault = fakeserver.LoseResponse
	}
	s.next(s.change, fault)
	s.next(s.reading, slices.Repeat([]fakeserver.Fault{fakeserver.ResetBefore}, 6)...)
	failed := s.failed(s.client.change(s.t.Context(), id, append(opts, withMaxAttempts(1))...))
	require.Equal(s.t, idem.OutcomeUnknown, failed.Outcome)
	return id
}

// failed checks what every failed call owes (R21, R22), and returns the engine's
// part of its error.
func (s *shop) failed(r result) *idem.Failure {
	s.t.Helper()
	assert.True(s.t, r.whole, "R21: no value, a response, and an error that has it")
	var failed *idem.Failure
	require.ErrorAs(s.t, r.err, &failed)
	return failed
}

// recover returns what another process recovers.
func (s *shop) recover(settings ...setting) []*recovered {
	s.t.Helper()
	var all []*recovered
	c := s.newClient(append(settings, s.withJournal())...)
	for r, err := range c.recover(s.t.Context(), idem.RecoveryOptions{Concurrency: 1}) {
		require.NoError(s.t, err)
		all = append(all, r)
	}
	return all
}

// recoverOne is recover of a single operation.
func (s *shop) recoverOne(settings ...setting) *recovered {
	s.t.Helper()
	all := s.recover(settings...)
	require.Len(s.t, all, 1)
	return all[0]
}

// recorded returns what another process sees of an order.
func (s *shop) recorded(ref string) *idem.RecordedOperation {
	s.t.Helper()
	got, err := s.newClient(s.withJournal()).operations().Get(s.t.Context(), ref)
	require.NoError(s.t, err)
	return got
}

// once checks that one order was executed, and how many requests it took.
func (s *shop) once(requests int) {
	s.t.Helper()
	assert.Equal(s.t, 1, s.executed(s.order))
	assert.Equal(s.t, requests, s.requests(s.order))
}

func timeline(r result) string { return r.own.(interface{ Timeline() string }).Timeline() }
