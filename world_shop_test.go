package bardge_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

// shop is a sandbox, and a journal that outlives its clients.
type shop struct {
	*sandbox.Sandbox

	t       *testing.T
	journal *journal.Memory
	client  *bardge.Client
}

// withShop runs f in virtual time, ten minutes past the hour.
func withShop(t *testing.T, f func(t *testing.T, s *shop)) {
	t.Helper()
	j := journal.NewMemory()
	withSandbox(t, func(t *testing.T, sb *sandbox.Sandbox, c *bardge.Client) {
		time.Sleep(10 * time.Minute)
		f(t, &shop{Sandbox: sb, t: t, journal: j, client: c})
	}, bardge.WithJournal(j, "acme"))
}

// another is another process. It has the journal only if it is given it.
func (s *shop) another(opts ...bardge.Option) *bardge.Client {
	s.t.Helper()
	client, err := bardge.New(s.APIKey, append([]bardge.Option{
		bardge.WithBaseURL(s.URL), bardge.WithHTTPClient(s.Client()),
	}, opts...)...)
	require.NoError(s.t, err)
	s.t.Cleanup(client.CloseIdleConnections)
	return client
}

// order is a mutation of the shop's.
type order func(s *shop, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error)

// succeed does an order, which must end well.
func (s *shop) succeed(do order, c *bardge.Client, opts ...bardge.CallOption) {
	s.t.Helper()
	_, err := do(s, c, opts...)
	require.NoError(s.t, err)
}

// orphan does an order that ends unknown: executed with its answer lost, or not
// executed at all.
func (s *shop) orphan(op sandbox.Operation, do order, executed bool, opts ...bardge.CallOption) *bardge.Error {
	s.t.Helper()
	fault := sandbox.ResetBefore
	if executed {
		fault = sandbox.LoseResponse
	}
	s.Next(op, fault)
	if op == sandbox.CancelBooking { // whose state would be read
		s.Next(sandbox.GetBookingStatus, slices.Repeat([]sandbox.Fault{sandbox.ResetBefore}, 6)...)
	}
	_, err := do(s, s.client, append(opts, bardge.WithMaxAttempts(1))...)
	var e *bardge.Error
	require.ErrorAs(s.t, err, &e)
	require.Equal(s.t, bardge.OutcomeUnknown, e.Outcome)
	return e
}

// recover collects what another process recovers.
func (s *shop) recover(opts ...bardge.Option) []*bardge.RecoveryResult {
	s.t.Helper()
	var all []*bardge.RecoveryResult
	for r, err := range s.another(append(opts, bardge.WithJournal(s.journal, "acme"))...).Recover(s.t.Context(), bardge.RecoveryOptions{Concurrency: 1}) {
		require.NoError(s.t, err)
		all = append(all, r)
	}
	return all
}

// recoverOne is recover, of one operation.
func (s *shop) recoverOne(opts ...bardge.Option) *bardge.RecoveryResult {
	s.t.Helper()
	all := s.recover(opts...)
	require.Len(s.t, all, 1)
	return all[0]
}

// brokenJournal fails, and says more than it should.
type brokenJournal struct{ journal.Journal }

var errBroken = errors.New("postgres://user:s3cret@host")

func (brokenJournal) Load(context.Context, string) (journal.Record, bool, error) {
	return journal.Record{}, false, errBroken
}

func (brokenJournal) Save(context.Context, journal.Record) (bool, error) { return false, errBroken }

func (brokenJournal) Bind(context.Context, []byte, []byte) ([]byte, error) { return nil, errBroken }

func (brokenJournal) Adopt(context.Context, string, time.Duration, journal.Filter) ([]journal.Record, error) {
	return nil, errBroken
}

func (brokenJournal) InScope(context.Context, string, time.Time, time.Time) ([]journal.Record, error) {
	return nil, errBroken
}
