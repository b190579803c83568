package scenarios

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestBadCallsAreNotSent(t *testing.T) {
	for name, row := range map[string]struct {
		opts  []option
		field string
	}{
		"R6 a key with a space":           {opts: []option{withKey(unsent(t, "a key"))}, field: "idempotency key"},
		"R6 a key beyond ASCII":           {opts: []option{withKey(unsent(t, "schlüssel"))}, field: "idempotency key"},
		"R6 a zero key":                   {opts: []option{withKey(idem.Key{})}, field: "idempotency key"},
		"a key and a ref":                 {opts: []option{withRef("order-1"), withKey(idem.NewKey())}, field: "idempotency key"},
		"an empty ref":                    {opts: []option{withRef("")}, field: "ref"},
		"J16 a ref with a zero byte":      {opts: []option{withRef("order\x00")}, field: "ref"},
		"J16 a ref that is too long":      {opts: []option{withRef(strings.Repeat("x", 1025))}, field: "ref"},
		"J16 a ref that is not UTF-8":     {opts: []option{withRef("caf\xe9")}, field: "ref"},
		"no attempts":                     {opts: []option{withMaxAttempts(0)}, field: "MaxAttempts"},
		"R6 a header without a name":      {opts: []option{withHeader("", "v")}, field: "header"},
		"R6 a header that is no token":    {opts: []option{withHeader("a b", "v")}, field: "header"},
		"R6 a header with a line break":   {opts: []option{withHeader("x-a", "v\r\nX-B: w")}, field: "header X-A"},
		"an extra field without a name":   {opts: []option{withExtraField("", 1)}, field: "extra field"},
		"an extra field that is no JSON":  {opts: []option{withExtraField("n", func() {})}, field: "extra field n"},
		"an extra field twice":            {opts: []option{withExtraField("n", 1), withExtraField("n", 1)}, field: "extra field n"},
		"R40 twice, in disguise":          {opts: []option{withExtraField("gift_note", 1), withExtraField("Gift-Note", 2)}, field: "extra field Gift-Note"},
		"R40 the key's header":            {opts: []option{withHeader("Idempotency_Key", "v")}, field: "header Idempotency_key"},
		"R40 a header of HTTP":            {opts: []option{withHeader("Content_Length", "1")}, field: "header Content_length"},
		"R40 another method":              {opts: []option{withHeader("X-HTTP-Method-Override", "DELETE")}, field: "header X-Http-Method-Override"},
		"R40 another path":                {opts: []option{withHeader("X-Original-URL", "/")}, field: "header X-Original-Url"},
		"R40 another host":                {opts: []option{withHeader("X-Forwarded-Host", "v")}, field: "header X-Forwarded-Host"},
		"R40 a condition":                 {opts: []option{withHeader("If-Match", "v")}, field: "header If-Match"},
		"R40 another method, in the body": {opts: []option{withExtraField("_method", "DELETE")}, field: "extra field _method"},
	} {
		t.Run(name, func(t *testing.T) { notSent(t, row.field, row.opts...) })
	}
}

func notSent(t *testing.T, field string, opts ...option) {
	t.Helper()
	inShops(t, func(t *testing.T, s *shop) {
		failed := s.failed(s.client.order(t.Context(), usual, opts...))
		sdktest.Invalid(t, field, failed)
		assert.Equal(t, s.order, failed.Operation)
		assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
		assert.True(t, idem.CanRepeat(failed))
		assert.Zero(t, s.requests(s.order))
	})
}

func TestR6_HeadersThatTheSDKOrHTTPOwnsAreRefused(t *testing.T) {
	for _, name := range []string{
		"Accept", "user-agent", "Accept-Encoding", "authorization", "Connection", "Content-Length", "CONTENT-TYPE", "Expect",
		"Host", "Idempotency-Key", "Keep-Alive", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
	} {
		t.Run(name, func(t *testing.T) { notSent(t, "header "+http.CanonicalHeaderKey(name), withHeader(name, "v")) })
	}
}

func unsent(t *testing.T, s string) idem.Key {
	t.Helper()
	key, err := idem.UnsentKey(s)
	require.NoError(t, err)
	return key
}

func TestABadCallOfAReadIsNotSent(t *testing.T) {
	for field, opt := range map[string]option{
		"R5 idempotency key": withKey(idem.NewKey()), "ref": withRef("order-1"), "extra field n": withExtraField("n", 1),
	} {
		t.Run(field, func(t *testing.T) {
			inShops(t, func(t *testing.T, s *shop) {
				failed := s.failed(s.client.read(t.Context(), opt))
				sdktest.Invalid(t, strings.TrimPrefix(field, "R5 "), failed)
				assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
			})
		})
	}
}

func TestARefWithoutAJournalIsNotSent(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		failed := s.failed(s.newClient().order(t.Context(), usual, withRef("order-1")))
		sdktest.Invalid(t, "ref", failed)
		assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
	})
}

// What was refused reports what its ref or key may have done before.
func TestR21_ABadCallReportsNothingOfItsRefOrKey(t *testing.T) {
	for name, as := range map[string]func(t *testing.T) option{
		"a ref that may have been done": func(*testing.T) option { return withRef("order-1") },
		"a key that may have been sent": func(t *testing.T) option {
			t.Helper()
			old, err := idem.SentKey("order-1", time.Now().Add(-time.Hour))
			require.NoError(t, err)
			return withKey(old)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inShops(t, func(t *testing.T, s *shop) {
				for field, bad := range map[string]option{
					"header Host": withHeader("Host", "x"), "MaxAttempts": withMaxAttempts(-1), "extra field note": withExtraField("note", func() {}),
				} {
					failed := s.failed(s.client.order(t.Context(), usual, as(t), bad))
					sdktest.Invalid(t, field, failed)
					assert.Equal(t, idem.OutcomeUnknown, failed.Outcome)
				}
				assert.Zero(t, s.requests(s.order))
			})
		})
	}
}

// An order is made under a key, and something else bought with it in a call
// that the SDK refuses: the error of the second holds nothing of the first.
func TestR29_ARefusedPurchaseUnderTheKeyOfAnother(t *testing.T) {
	for name, wrong := range map[string]option{
		"bad header":       withHeader("Connection", "close"),
		"bad extra field":  withExtraField("note", func() {}),
		"bad max attempts": withMaxAttempts(0),
		"a ref with a key": withRef("order-1"),
		"an empty ref":     withRef(""),
	} {
		t.Run(name, func(t *testing.T) {
			inShops(t, func(t *testing.T, s *shop) {
				key := idem.NewKey()
				s.succeed(s.client, withKey(key))
				r := s.client.order(t.Context(), otherGoods, withKey(key), wrong)
				failed := s.failed(r)
				assert.Equal(t, idem.OutcomeUnknown, failed.Outcome)
				assert.Empty(t, r.Attempts)
				assert.Zero(t, failed.SafeUntil)
				assert.False(t, idem.CanRepeat(failed))
				assert.Zero(t, s.requests(s.other))
			})
		})
	}
}

type fullJournal struct{ *journal.Memory }

func (fullJournal) Save(context.Context, journal.Record) (bool, error) {
	return false, journal.ErrNotCommitted
}

func TestJ16_AMutationThatTheJournalCannotRecordMayBeRepeated(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		c := s.newClient(withJournal(fullJournal{s.journal}, "acme"))
		for _, r := range []result{c.order(t.Context(), usual), c.change(t.Context(), "b1")} {
			failed := s.failed(r)
			assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
			assert.True(t, idem.CanRepeat(failed))
			assert.ErrorIs(t, failed, idem.ErrJournal)
			assert.ErrorContains(t, failed, "nothing was committed")
		}
		assert.Zero(t, s.requests(s.order)+s.requests(s.change))
	})
}

func TestJ5_ASuccessThatWasNotRecordedReportsIt(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		c := s.newClient(withJournal(sdktest.ForgetfulJournal{Memory: s.journal}, "acme"))
		r := s.succeed(c, withRef("order-1"))
		assert.ErrorIs(t, r.RecordErr, idem.ErrJournal)
		assert.Contains(t, sdktest.Printed(r.own), "not recorded")
		sdktest.Hides(t, r.own)
	})
}

func TestR39_ANilContextIsRefused(t *testing.T) {
	var none context.Context
	inShops(t, func(t *testing.T, s *shop) {
		for _, r := range []result{s.client.order(none, usual), s.client.read(none), s.client.change(none, "b1")} {
			failed := s.failed(r)
			sdktest.Invalid(t, "context", failed)
			assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
		}
		for _, err := range s.client.recover(none, idem.RecoveryOptions{}) {
			assert.ErrorContains(t, err, "context is nil")
		}
		assert.ErrorContains(t, s.client.resolve(none, "order-1", notExecuted()), "context is nil")
		assert.Zero(t, s.requests(s.order))
	})
}

type brokenHandler struct{ slog.Handler }

func (brokenHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (brokenHandler) Handle(context.Context, slog.Record) error { panic("a handler's bug") }

func TestR39_AnObserverOrLoggerThatPanicsChangesNothing(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		var heard int
		var text bytes.Buffer
		hears, panics := withObserver(func(idem.Event) { heard++ }), withObserver(func(idem.Event) { panic("an observer's bug") })
		for _, c := range []client{
			s.newClient(panics, hears, withLogger(slog.New(slog.NewTextHandler(&text, nil)))),
			s.newClient(hears, withLogger(slog.New(brokenHandler{slog.DiscardHandler}))),
		} {
			heard = 0
			r := s.succeed(c)
			assert.NotEmpty(t, r.id)
			assert.False(t, r.Key.IsZero())
			assert.Equal(t, 3, heard, "others are called all the same")
		}
		assert.Equal(t, 1, strings.Count(text.String(), "level=ERROR"))
		assert.Contains(t, text.String(), "observer or logger")
		assert.NotContains(t, text.String(), "bug")
	})
}

var oneSecret = withJournalSecret([]byte("one secret for both accounts"))

// Sandbox and production on one journal, with one secret.
func TestJ12_AnotherServersJournalIsRefused(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.journal = journal.NewMemory()
		s.succeed(s.newClient(s.withJournal(), oneSecret), withRef("order-1"))
		for name, settings := range map[string][]setting{
			"another base URL": {withBaseURL(s.url() + "/v4"), s.withJournal()},
			"another account":  {withJournal(s.journal, "globex")},
		} {
			other := s.newClient(append(settings, oneSecret)...)
			for _, opts := range [][]option{nil, {withRef("order-1")}, {withRef("order-2")}} {
				r := other.order(t.Context(), usual, opts...)
				require.ErrorIs(t, r.err, idem.ErrOtherAccount, name)
				assert.ErrorContains(t, r.err, `"acme" at `+s.url())
				assert.Empty(t, r.Attempts)
			}
			for _, err := range other.recover(t.Context(), idem.RecoveryOptions{}) {
				require.ErrorIs(t, err, idem.ErrOtherAccount)
			}
			require.ErrorIs(t, other.resolve(t.Context(), "order-1", executed("x")), idem.ErrOtherAccount)
		}
		s.once(1)
	})
}

func TestJ12_RebindTakesTheJournalAlong(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.succeed(s.newClient(s.withJournal(), oneSecret), withRef("order-1"))
		renamed := s.newClient(withJournal(s.journal, "acme-ltd"), oneSecret)
		r := renamed.order(t.Context(), usual, withRef("order-1"))
		var other *idem.OtherAccountError
		require.ErrorAs(t, r.err, &other)
		require.ErrorIs(t, renamed.Rebind(t.Context(), idem.Account{Name: "globex"}), idem.ErrOtherAccount)
		require.NoError(t, renamed.Rebind(t.Context(), other.Bound))
		assert.True(t, s.succeed(renamed, withRef("order-1")).FromJournal)
		assert.Equal(t, 1, s.executed(s.order))
	})
}
