package bardgetest_test

import (
	"context"
	"errors"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

type facts struct {
	Operation                     string
	Class                         idem.Class
	Outcome                       bardge.Outcome
	Ref                           string
	HasKey, Protected             bool
	CanRepeat, RetryHelps         bool
	RetryAfter                    time.Duration
	Type, Code                    string
	Status                        int
	NotRecorded                   bool
	Sentinels                     []error
	Invalid, KeyReused, Cancelled bool
	RecordedOutcome               bardge.Outcome
	ResponseOperation             string
	ResponseOutcome               bardge.Outcome
	ResponseHasKey                bool
}

var sentinels = []error{
	bardge.ErrValidation, bardge.ErrInvalidAPIKey, bardge.ErrAccountDisabled, bardge.ErrPermissionDenied,
	bardge.ErrNotFound, bardge.ErrPassNotFound, bardge.ErrIdempotencyKeyReused, bardge.ErrSlotUnavailable,
	bardge.ErrClassFull, bardge.ErrAlreadyCancelled, bardge.ErrResponseLost, bardge.ErrResponseIncomplete,
	bardge.ErrRateLimited, bardge.ErrKeyExpired, bardge.ErrRefReused, bardge.ErrJournal, bardge.ErrReserved,
	syscall.ECONNREFUSED,
}

func factsOf(t *testing.T, err error) facts {
	t.Helper()
	var e *bardge.Error
	require.ErrorAs(t, err, &e)
	require.NotNil(t, e.Response)
	var failed *idem.Failure
	require.ErrorAs(t, err, &failed)
	f := facts{
		Operation: e.Operation, Class: failed.Class, Outcome: bardge.OutcomeOf(err), Ref: e.Ref,
		HasKey: !bardge.KeyOf(err).IsZero(), Protected: time.Now().Before(e.SafeUntil),
		CanRepeat: bardge.CanRepeat(err), RetryHelps: bardge.RetryHelps(err), RetryAfter: e.RetryAfter,
		Type: e.Type, Code: e.Code, Status: e.Response.StatusCode, NotRecorded: e.Response.RecordErr != nil,
		Invalid:           errors.As(err, new(*bardge.InvalidError)),
		KeyReused:         errors.As(err, new(*bardge.IdempotencyKeyReusedError)),
		ResponseOperation: e.Response.Operation, ResponseOutcome: e.Response.Outcome,
		ResponseHasKey: !e.Response.Key.IsZero(),
	}
	if f.Status == http.StatusCreated {
		f.Status = http.StatusOK // the vendor does not document which
	}
	for _, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			f.Sentinels = append(f.Sentinels, sentinel)
		}
	}
	if already := (*bardge.AlreadyCancelledError)(nil); errors.As(err, &already) {
		f.Cancelled = already.BookingID != ""
	}
	if reused := (*bardge.RefReusedError)(nil); errors.As(err, &reused) {
		f.RecordedOutcome = reused.Recorded
	}
	return f
}

type server struct {
	*sandbox.Sandbox

	t       *testing.T
	client  *bardge.Client
	journal *faultyJournal
}

type faultyJournal struct {
	*journal.Memory

	broken bool
	saves  int
	breaks int // from this Save on; zero: never
}

func (j *faultyJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if j.broken {
		return journal.Record{}, false, errors.New("disk")
	}
	return j.Memory.Load(ctx, id)
}

func (j *faultyJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	j.saves++
	if j.broken || j.breaks > 0 && j.saves >= j.breaks {
		return false, errors.New("disk")
	}
	return j.Memory.Save(ctx, r)
}

func (s *server) issue(opts ...bardge.CallOption) error {
	return s.issueTo(s.Seed.ClientID, opts...)
}

func (s *server) issueTo(clientID string, opts ...bardge.CallOption) error {
	_, _, err := s.client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: clientID, PassID: s.Seed.PassID,
	}, opts...)
	return err
}

const issue = "IssuePass"

// Each error equals the client's error in the same situation.
func TestErrorsAreAsTheSDKsOwn(t *testing.T) {
	once := bardge.WithMaxAttempts(1)
	for name, row := range map[string]struct {
		fake func() *bardge.Error
		real func(s *server) error
	}{
		"not sent": {
			fake: func() *bardge.Error { return bardgetest.NotSent(issue) },
			real: func(s *server) error {
				s.Down()
				return s.issue(once)
			},
		},
		"invalid": {
			fake: func() *bardge.Error { return bardgetest.Invalid(issue, "ref", "is empty") },
			real: func(s *server) error { return s.issue(bardge.WithRef("")) },
		},
		"rejected": {
			fake: func() *bardge.Error { return bardgetest.Rejected(issue, bardge.ErrPassNotFound) },
			real: func(s *server) error {
				s.Seed.PassID = "none"
				return s.issue()
			},
		},
		"rejected, account": {
			fake: func() *bardge.Error { return bardgetest.Rejected(issue, bardge.ErrAccountDisabled) },
			real: func(s *server) error {
				s.SetAccountEnabled(false)
				return s.issue()
			},
		},
		"rejected, key reused": {
			fake: func() *bardge.Error { return bardgetest.Rejected(issue, bardge.ErrIdempotencyKeyReused) },
			real: func(s *server) error {
				key := bardge.NewKey()
				require.NoError(s.t, s.issue(bardge.WithIdempotencyKey(key)))
				again, err := bardge.UnsentKey(key.String())
				require.NoError(s.t, err)
				return errors.Join(s.another().issueTo(s.Seed.PoorClientID, bardge.WithIdempotencyKey(again)))
			},
		},
		"rejected, a read": {
			fake: func() *bardge.Error { return bardgetest.Rejected("GetClient", bardge.ErrNotFound) },
			real: func(s *server) error {
				_, _, err := s.client.Clients.Get(context.Background(), "unknown")
				return err
			},
		},
		"rate limited": {
			fake: func() *bardge.Error { return bardgetest.RateLimited(issue, time.Minute) },
			real: func(s *server) error {
				s.Next(sandbox.IssuePass, sandbox.TooMany(time.Minute))
				err := s.issue(once)
				var e *bardge.Error
				errors.As(err, &e)
				e.Type, e.Code = "", "" // the sandbox's own, since the vendor documents none
				return err
			},
		},
		"already cancelled": {
			fake: func() *bardge.Error { return bardgetest.AlreadyCancelled("b1") },
			real: func(s *server) error {
				booking, _, err := s.client.Bookings.BookClass(context.Background(), s.class())
				require.NoError(s.t, err)
				for range 2 {
					_, _, err = s.client.Bookings.Cancel(context.Background(), booking.BookingID)
				}
				return err
			},
		},
		"response lost": {
			fake: func() *bardge.Error { return bardgetest.ResponseLost(issue) },
			real: func(s *server) error {
				s.Next(sandbox.IssuePass, sandbox.CutResponse)
				return s.issue(once)
			},
		},
		"unknown": {
			fake: func() *bardge.Error { return bardgetest.Unknown(issue, bardge.Key{}, time.Time{}) },
			real: func(s *server) error {
				s.Next(sandbox.IssuePass, sandbox.LoseResponse)
				return s.issue(once)
			},
		},
		"unknown, a cancellation": {
			fake: func() *bardge.Error { return bardgetest.Unknown("CancelBooking", bardge.NewKey(), time.Now()) },
			real: func(s *server) error {
				s.Next(sandbox.CancelBooking, sandbox.ResetBefore)
				s.Next(sandbox.GetBookingStatus, sandbox.ResetBefore)
				_, _, err := s.client.Bookings.Cancel(context.Background(), "b1", once)
				return err
			},
		},
		"unknown, a lookup": {
			fake: func() *bardge.Error { return bardgetest.Unknown("InitiateLookup", bardge.Key{}, time.Now()) },
			real: func(s *server) error {
				s.Next(sandbox.InitiateLookup, sandbox.LoseResponse)
				_, _, err := s.client.Lookups.Initiate(context.Background(), bardge.InitiateLookupParams{
					IssuerID: s.Seed.IssuerID, ClientID: s.Seed.OtherClientID,
				}, once)
				return err
			},
		},
		"key expired": {
			fake: func() *bardge.Error { return bardgetest.KeyExpired(issue, bardge.NewKey()) },
			real: func(s *server) error {
				key, err := bardge.SentKey("order-17", time.Now().Add(-time.Hour))
				require.NoError(s.t, err)
				return s.issue(bardge.WithIdempotencyKey(key))
			},
		},
		"ref reused": {
			fake: func() *bardge.Error { return bardgetest.RefReused(issue, "order-17", bardge.OutcomeDone) },
			real: func(s *server) error {
				require.NoError(s.t, s.issue(bardge.WithRef("order-17")))
				return s.issueTo(s.Seed.PoorClientID, bardge.WithRef("order-17"))
			},
		},
		"reserved": {
			fake: func() *bardge.Error { return bardgetest.Reserved(issue, "order-17") },
			real: func(s *server) (err error) {
				_ = bardge.Reserve(s.journal, func(o bardge.CallOption) error {
					err = s.issue(bardge.WithRef("order-17"), o)
					return err
				})
				return err
			},
		},
		"journal failed": {
			fake: func() *bardge.Error { return bardgetest.JournalFailed(issue, "order-17") },
			real: func(s *server) error {
				s.journal.broken = true
				return s.issue(bardge.WithRef("order-17"))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t)
				assert.Equal(t, factsOf(t, row.real(s)), factsOf(t, row.fake()))
			})
		})
	}
}

func start(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, Sandbox: sandbox.Start(t), journal: &faultyJournal{Memory: journal.NewMemory()}}
	s.client = s.newClient()
	t.Cleanup(s.client.CloseIdleConnections)
	return s
}

func (s *server) newClient() *bardge.Client {
	client, err := bardge.New(s.APIKey, bardge.WithBaseURL(s.URL), bardge.WithHTTPClient(s.Client()),
		bardge.WithJournal(s.journal, "acme"))
	if err != nil {
		panic(err)
	}
	return client
}

func (s *server) another() *server {
	other := &server{t: s.t, Sandbox: s.Sandbox, journal: &faultyJournal{Memory: journal.NewMemory()}}
	other.client = other.newClient()
	return other
}

func TestRejectedPanicsForWhatIsNoRejection(t *testing.T) {
	for _, err := range []error{nil, errors.New("x"), bardge.ErrAlreadyCancelled, bardge.ErrKeyExpired} {
		assert.Panics(t, func() { bardgetest.Rejected(issue, err) }, "%v", err)
	}
	assert.Panics(t, func() { bardgetest.NotSent("Issue") }, "no such operation")
	assert.Panics(t, func() { bardgetest.Done("") })
}

func TestEachRejectionIsItsSentinel(t *testing.T) {
	for _, sentinel := range sentinels[:9] {
		e := bardgetest.Rejected(issue, sentinel)
		assert.ErrorIs(t, e, sentinel)
		assert.NotEmpty(t, e.Type)
		assert.GreaterOrEqual(t, e.Response.StatusCode, http.StatusBadRequest)
	}
}

func TestKeyAndSafeUntilAreAsGiven(t *testing.T) {
	key, until := bardge.NewKey(), time.Now().Add(-time.Second)
	e := bardgetest.Unknown(issue, key, until)
	assert.Equal(t, key, bardge.KeyOf(e))
	assert.Equal(t, until, e.SafeUntil)
	assert.False(t, bardge.CanRepeat(e), "too late")
	e.Ref = "order-17"
	assert.True(t, bardge.CanRepeat(e), "fields that are changed count")
}
