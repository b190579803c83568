package sdktest

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// Sandbox is an emulated Bardge with a client, and a journal that outlives its
// clients.
type Sandbox struct {
	*sandbox.Sandbox

	Journal *journal.Memory
	Client  *bardge.Client
	T       *testing.T
}

// WithSandbox calls f in virtual time. The client has no journal but what opts
// give it.
func WithSandbox(t *testing.T, f func(t *testing.T, s *Sandbox), opts ...bardge.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, start(t, opts)) })
}

func start(t *testing.T, opts []bardge.Option, emulated ...sandbox.Option) *Sandbox {
	t.Helper()
	s := &Sandbox{Sandbox: sandbox.Start(t, emulated...), Journal: journal.NewMemory(), T: t}
	s.Client = s.NewClient(opts...)
	return s
}

// WithDurable calls f in virtual time, ten minutes past the hour. The client
// has the journal.
func WithDurable(t *testing.T, f func(t *testing.T, s *Sandbox)) {
	t.Helper()
	withDurable(t, f)
}

// WithPreview is WithDurable at a sandbox that emulates the previews too.
func WithPreview(t *testing.T, f func(t *testing.T, s *Sandbox)) {
	t.Helper()
	withDurable(t, f, sandbox.WithPreview())
}

func withDurable(t *testing.T, f func(t *testing.T, s *Sandbox), emulated ...sandbox.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, nil, emulated...)
		s.Client = s.NewClient(s.WithJournal())
		time.Sleep(10 * time.Minute)
		f(t, s)
	})
}

// DurableTestOf is DurableTest, or one WithPreview if the operation needs it.
func DurableTestOf(op sandbox.Operation, f func(t *testing.T, s *Sandbox)) func(*testing.T) {
	if op.Operation().Preview {
		return func(t *testing.T) { WithPreview(t, f) }
	}
	return DurableTest(f)
}

// DurableTest is WithDurable as a subtest.
func DurableTest(f func(t *testing.T, s *Sandbox)) func(*testing.T) {
	return func(t *testing.T) { WithDurable(t, f) }
}

// WithJournal is the option of a client that has the journal.
func (s *Sandbox) WithJournal() bardge.Option { return bardge.WithJournal(s.Journal, "acme") }

// NewClient is another process. It has no journal but what opts give it.
func (s *Sandbox) NewClient(opts ...bardge.Option) *bardge.Client {
	s.T.Helper()
	client, err := bardge.New(s.APIKey, append([]bardge.Option{
		bardge.WithBaseURL(s.URL), bardge.WithHTTPClient(s.Sandbox.Client()),
	}, opts...)...)
	require.NoError(s.T, err)
	s.T.Cleanup(client.CloseIdleConnections)
	return client
}

// Pass returns the params of a pass for the seed's client.
func (s *Sandbox) Pass() bardge.IssuePassParams {
	return bardge.IssuePassParams{ClientID: s.Seed.ClientID, PassID: s.Seed.PassID}
}

// Succeed places an order, which must end well.
func (s *Sandbox) Succeed(place Order, c *bardge.Client, opts ...bardge.CallOption) {
	s.T.Helper()
	_, err := place(s, c, opts...)
	require.NoError(s.T, err)
}

// LeaveOpen places an order that ends unknown: executed with its response lost,
// or not executed at all.
func (s *Sandbox) LeaveOpen(op sandbox.Operation, place Order, executed bool, opts ...bardge.CallOption) *bardge.Error {
	s.T.Helper()
	fault := sandbox.ResetBefore
	if executed {
		fault = sandbox.LoseResponse
	}
	s.Next(op, fault)
	if op == sandbox.CancelBooking { // whose state would be read
		s.Next(sandbox.GetBookingStatus, slices.Repeat([]sandbox.Fault{sandbox.ResetBefore}, 6)...)
	}
	_, err := place(s, s.Client, append(opts, bardge.WithMaxAttempts(1))...)
	var e *bardge.Error
	require.ErrorAs(s.T, err, &e)
	require.Equal(s.T, bardge.OutcomeUnknown, e.Outcome)
	return e
}

// Recover returns what another process recovers.
func (s *Sandbox) Recover(opts ...bardge.Option) []*bardge.RecoveryResult {
	s.T.Helper()
	client := s.NewClient(append(opts, s.WithJournal())...)
	var all []*bardge.RecoveryResult
	for r, err := range client.Recover(s.T.Context(), bardge.RecoveryOptions{Concurrency: 1}) {
		require.NoError(s.T, err)
		all = append(all, r)
	}
	return all
}

// RecoverOne is Recover of a single operation.
func (s *Sandbox) RecoverOne(opts ...bardge.Option) *bardge.RecoveryResult {
	s.T.Helper()
	all := s.Recover(opts...)
	require.Len(s.T, all, 1)
	return all[0]
}

// Recorded returns what another process sees of an order.
func (s *Sandbox) Recorded(ref string) *idem.RecordedOperation {
	s.T.Helper()
	got, err := s.NewClient(s.WithJournal()).Operations.Get(s.T.Context(), ref)
	require.NoError(s.T, err)
	return got
}
