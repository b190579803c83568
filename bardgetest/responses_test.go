package bardgetest_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
	"github.com/bardge/bardge-go/sandbox"
)

func marks(r *bardge.Response) []any {
	return []any{
		r.Operation, r.Outcome, r.StatusCode / 100, r.Key.IsZero(),
		r.Replayed, r.Recovered, r.FromJournal, r.RecordErr != nil,
	}
}

// Each response equals the client's response in the same situation.
func TestResponsesAreAsTheSDKsOwn(t *testing.T) {
	for name, row := range map[string]struct {
		fake *bardge.Response
		real func(s *server) (*bardge.Response, error)
	}{
		"done": {bardgetest.Done(issue), func(s *server) (*bardge.Response, error) { return s.respond() }},
		"replayed": {bardgetest.Replayed(issue), func(s *server) (*bardge.Response, error) {
			s.Next(sandbox.IssuePass, sandbox.LoseResponse)
			return s.respond()
		}},
		"from the journal": {bardgetest.FromJournal(issue), func(s *server) (*bardge.Response, error) {
			_, _ = s.respond(bardge.WithRef("order-17"))
			return s.respond(bardge.WithRef("order-17"))
		}},
		"not recorded": {bardgetest.NotRecorded(issue), func(s *server) (*bardge.Response, error) {
			s.journal.breaks = 2 // at the result
			return s.respond()
		}},
		"a read": {bardgetest.Done("GetClient"), func(s *server) (*bardge.Response, error) {
			_, resp, err := s.client.Clients.Get(context.Background(), s.Seed.ClientID)
			return resp, err
		}},
		"recovered": {bardgetest.Recovered("CancelBooking"), func(s *server) (*bardge.Response, error) {
			booking, _, err := s.client.Bookings.BookClass(context.Background(), s.class())
			require.NoError(s.t, err)
			s.Next(sandbox.CancelBooking, sandbox.LoseResponse)
			_, resp, err := s.client.Bookings.Cancel(context.Background(), booking.BookingID)
			return resp, err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				resp, err := row.real(start(t))
				require.NoError(t, err)
				assert.Equal(t, marks(resp), marks(row.fake))
			})
		})
	}
}

func (s *server) respond(opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := s.client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{
		ClientID: s.Seed.ClientID, PassID: s.Seed.PassID,
	}, opts...)
	return resp, err
}

func (s *server) class() bardge.BookClassParams {
	return bardge.BookClassParams{
		ClientID: s.Seed.ClientID, ClassInstanceID: s.Seed.ClassInstanceID,
	}
}
