package bardgetest_test

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bardgetest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

func marks(r *bardge.Response) []any {
	return []any{
		r.Operation, r.Outcome, r.StatusCode / 100, r.Key.IsZero(),
		r.Replayed, r.Recovered, r.FromJournal, r.RecordErr != nil,
	}
}

func TestResponsesAreAsTheSDKsOwn(t *testing.T) {
	for name, row := range map[string]struct {
		fake *bardge.Response
		real func(s *server) (*bardge.Response, error)
	}{
		"done": {fake: bardgetest.Done(issue), real: func(s *server) (*bardge.Response, error) { return s.respond() }},
		"replayed": {fake: bardgetest.Replayed(issue), real: func(s *server) (*bardge.Response, error) {
			s.Next(sandbox.IssuePass, sandbox.LoseResponse)
			return s.respond()
		}},
		"from the journal": {fake: bardgetest.FromJournal(issue), real: func(s *server) (*bardge.Response, error) {
			_, _ = s.respond(bardge.WithRef("order-17"))
			return s.respond(bardge.WithRef("order-17"))
		}},
		"not recorded": {fake: bardgetest.NotRecorded(issue), real: func(s *server) (*bardge.Response, error) {
			s.journal.breaks = 2 // at the result
			return s.respond()
		}},
		"a read": {fake: bardgetest.Done("GetClient"), real: func(s *server) (*bardge.Response, error) {
			_, resp, err := s.client.Clients.Get(context.Background(), s.Seed.ClientID)
			return resp, err
		}},
		"recovered": {fake: bardgetest.Recovered("CancelBooking"), real: func(s *server) (*bardge.Response, error) {
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

func TestOptionsOf(t *testing.T) {
	key := bardge.NewKey()
	var reserved bardge.CallOption
	_ = bardge.Reserve(journal.NewMemory(), func(o bardge.CallOption) error {
		reserved = o
		assert.Equal(t, bardgetest.Options{Reserved: true}, bardgetest.OptionsOf(o))
		return nil
	})
	for name, row := range map[string]struct {
		opts []bardge.CallOption
		want bardgetest.Options
	}{
		"none":         {},
		"a nil option": {opts: []bardge.CallOption{nil}},
		"key":          {opts: []bardge.CallOption{bardge.WithIdempotencyKey(key)}, want: bardgetest.Options{Key: key}},
		"last ref":     {opts: []bardge.CallOption{bardge.WithRef("a"), bardge.WithRef("b")}, want: bardgetest.Options{Ref: "b"}},
		"attempts":     {opts: []bardge.CallOption{bardge.WithMaxAttempts(2)}, want: bardgetest.Options{RetryPolicy: bardge.RetryPolicy{MaxAttempts: 2}}},
		"timeout":      {opts: []bardge.CallOption{bardge.WithTimeout(time.Minute)}, want: bardgetest.Options{Timeout: time.Minute}},
		"lookup token": {opts: []bardge.CallOption{bardge.WithLookupToken("secret")}, want: bardgetest.Options{LookupToken: true}},
		"headers": {
			opts: []bardge.CallOption{bardge.WithHeader("x-b", "1"), bardge.WithLookupToken("secret"), bardge.WithHeader("X-A", "2")},
			want: bardgetest.Options{LookupToken: true, Headers: []string{"X-A", "X-B"}},
		},
		"extra fields": {
			opts: []bardge.CallOption{bardge.WithExtraField("note", "b"), bardge.WithExtraField("gift", true)},
			want: bardgetest.Options{ExtraFields: []string{"note", "gift"}},
		},
		"a bad one": {
			opts: []bardge.CallOption{bardge.WithMaxAttempts(0), bardge.WithRef("a")},
			want: bardgetest.Options{Ref: "a", Err: &bardge.InvalidError{Field: "MaxAttempts", Reason: "is less than 1"}},
		},
		"a header of the SDK's": {
			opts: []bardge.CallOption{bardge.WithHeader("bardge_lookup_token", "x")},
			want: bardgetest.Options{Err: &bardge.InvalidError{Field: "header Bardge_lookup_token", Reason: "is set by the SDK"}},
		},
		"a reservation that is over": {
			opts: []bardge.CallOption{reserved},
			want: bardgetest.Options{Err: &bardge.InvalidError{Field: "reservation", Reason: "is used after Reserve has returned"}},
		},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, row.want, bardgetest.OptionsOf(row.opts...)) })
	}
}

var interfaces = map[string]reflect.Type{
	"IssuedPasses": reflect.TypeFor[bardgetest.IssuedPasses](),
	"Passes":       reflect.TypeFor[bardgetest.Passes](),
	"Classes":      reflect.TypeFor[bardgetest.Classes](),
	"Bookings":     reflect.TypeFor[bardgetest.Bookings](),
	"Clients":      reflect.TypeFor[bardgetest.Clients](),
	"Lookups":      reflect.TypeFor[bardgetest.Lookups](),
	"Providers":    reflect.TypeFor[bardgetest.Providers](),
	"AccessCodes":  reflect.TypeFor[bardgetest.AccessCodes](),
	"Copay":        reflect.TypeFor[bardgetest.Copay](),
	"Credits":      reflect.TypeFor[bardgetest.Credits](),
	"Preview":      reflect.TypeFor[bardgetest.Preview](),
	"Operations":   reflect.TypeFor[bardgetest.Operations](),
}

func TestInterfacesHaveTheMethodsOfTheirServices(t *testing.T) {
	var services []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[bardge.Client]()) {
		if !field.IsExported() {
			continue
		}
		services = append(services, field.Name)
		face, ok := interfaces[field.Name]
		require.True(t, ok, field.Name)
		assert.Equal(t, methods(field.Type), methods(face), field.Name)
	}
	assert.Len(t, services, len(interfaces))
}

func methods(of reflect.Type) []string {
	var names []string
	for method := range of.Methods() {
		names = append(names, method.Name)
	}
	return names
}
