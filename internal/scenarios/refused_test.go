package scenarios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/sandbox"
)

const issuedPass = `{"object":"issued_pass","id":"brgpass_1"}`

// A pass is issued under a key, and credits are bought with it in a call that
// the SDK refuses: the error of the credits holds nothing of the pass.
func TestR29_ARefusedPurchaseUnderTheKeyOfAPass(t *testing.T) {
	for name, wrong := range map[string]bardge.CallOption{
		"bad header":       bardge.WithHeader("Connection", "close"),
		"bad extra field":  bardge.WithExtraField("note", math.NaN()),
		"bad max attempts": bardge.WithMaxAttempts(0),
		"a ref with a key": bardge.WithRef("order-1"),
		"an empty ref":     bardge.WithRef(""),
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Respond(200, issuedPass)}, func(t *testing.T, s *sdktest.Bardge) {
			key := bardge.NewKey()
			require.NoError(t, issue(bardge.WithIdempotencyKey(key))(t.Context(), s.Client))
			_, resp, err := s.Client.Credits.Purchase(t.Context(), bardge.PurchaseCreditsParams{
				ClientID: "c1", PackageID: "p1",
			}, bardge.WithIdempotencyKey(key), wrong)
			assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(err))
			assert.Empty(t, resp.Attempts)
			var e *bardge.Error
			require.ErrorAs(t, err, &e)
			assert.Zero(t, e.SafeUntil)
			assert.False(t, bardge.CanRepeat(e))
			assert.Len(t, s.Requests(), 1)
		}, bardge.WithJournal(journal.NewMemory(), "acme")))
	}
}

func TestJ16_AnInvalidErrorIsNotSent(t *testing.T) {
	_, err := bardge.New("")
	require.Error(t, err)
	assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
	assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(fmt.Errorf("start: %w", err)))
	assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(errors.New("another's")))
	assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(&bardge.Error{Err: err}), "a call's outcome is its own")
}

func TestJ16_ARefThatIsRefusedIsNotSent(t *testing.T) {
	for name, opts := range map[string][]bardge.CallOption{
		"zero byte":   {bardge.WithRef("order\x00")},
		"too long":    {bardge.WithRef(strings.Repeat("x", 1025))},
		"not UTF-8":   {bardge.WithRef("caf\xe9")},
		"and new key": {bardge.WithRef("order-1"), bardge.WithIdempotencyKey(bardge.NewKey())},
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
			err := issue(opts...)(t.Context(), s.Client)
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
			assert.Empty(t, s.Requests())
		}, bardge.WithJournal(journal.NewMemory(), "acme")))
	}
}

type fullJournal struct{ *journal.Memory }

func (fullJournal) Save(context.Context, journal.Record) (bool, error) {
	return false, journal.ErrNotCommitted
}

func TestJ16_AMutationThatTheJournalCannotRecordMayBeRepeated(t *testing.T) {
	for name, try := range map[string]attempt{"issue": issue(), "cancel": cancel()} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
			err := try(t.Context(), s.Client)
			var e *bardge.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, bardge.OutcomeNotSent, e.Outcome)
			assert.True(t, bardge.CanRepeat(e))
			assert.ErrorIs(t, err, bardge.ErrJournal)
			assert.ErrorContains(t, err, "nothing was committed")
			assert.Empty(t, s.Requests())
		}, bardge.WithJournal(fullJournal{journal.NewMemory()}, "acme")))
	}
}

func TestR39_ANilContextIsRefused(t *testing.T) {
	var none context.Context
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		for _, try := range []attempt{issue(), getPass(), cancel()} {
			err := try(none, s.Client)
			sdktest.Invalid(t, "context", err)
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
		}
		for _, err := range s.Client.Recover(none) {
			assert.ErrorContains(t, err, "context is nil")
		}
		assert.ErrorContains(t, s.Client.Resolve(none, "order-1", bardge.NotExecuted()), "context is nil")
		assert.Empty(t, s.Requests())
	}, bardge.WithJournal(journal.NewMemory(), "acme"))
}

type brokenHandler struct{ slog.Handler }

func (brokenHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (brokenHandler) Handle(context.Context, slog.Record) error { panic("a handler's bug") }

func TestR39_AnObserverOrLoggerThatPanicsChangesNothing(t *testing.T) {
	var heard int
	hears := bardge.WithObserver(func(bardge.Event) { heard++ })
	var text bytes.Buffer
	panics := bardge.WithObserver(func(bardge.Event) { panic("an observer's bug") })
	for name, opts := range map[string][]bardge.Option{
		"observer": {panics, hears, bardge.WithLogger(slog.New(slog.NewTextHandler(&text, nil)))},
		"logger":   {hears, bardge.WithLogger(slog.New(brokenHandler{slog.DiscardHandler}))},
	} {
		t.Run(name, func(t *testing.T) {
			heard = 0
			sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, issuedPass)}, func(t *testing.T, s *sdktest.Bardge) {
				pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c1", PassID: "p1"})
				require.NoError(t, err)
				assert.Equal(t, "brgpass_1", pass.ID)
				assert.False(t, resp.Key.IsZero())
				assert.Equal(t, 3, heard, "others are told all the same")
			}, opts...)
		})
	}
	assert.Equal(t, 1, strings.Count(text.String(), "level=ERROR"))
	assert.Contains(t, text.String(), "observer or logger")
	assert.NotContains(t, text.String(), "bug")
}

var oneSecret = bardge.WithJournalSecret([]byte("one secret for both accounts"))

// J12: sandbox and production on one journal, with one secret.
func TestJ12_AnotherServersJournalIsRefused(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.NewClient(s.WithJournal(), oneSecret), bardge.WithRef("order-1"))
		for name, opts := range map[string][]bardge.Option{
			"another base URL": {bardge.WithBaseURL(s.URL + "/v4"), s.WithJournal()},
			"another account":  {bardge.WithJournal(s.Journal, "globex")},
		} {
			other := s.NewClient(append(opts, oneSecret)...)
			for _, options := range [][]bardge.CallOption{nil, {bardge.WithRef("order-1")}, {bardge.WithRef("order-2")}} {
				_, err := issuePass(s, other, options...)
				var e *bardge.Error
				require.ErrorAs(t, err, &e, name)
				require.ErrorIs(t, err, bardge.ErrOtherAccount)
				assert.ErrorContains(t, err, `"acme" at `+s.URL)
				assert.Empty(t, e.Response.Attempts)
			}
			for _, err := range other.Recover(t.Context()) {
				require.ErrorIs(t, err, bardge.ErrOtherAccount)
			}
			require.ErrorIs(t, other.Resolve(t.Context(), "order-1", bardge.Executed("x")), bardge.ErrOtherAccount)
		}
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass))
	})
}

func TestJ12_RebindTakesTheJournalAlong(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.Succeed(issuePass, s.NewClient(s.WithJournal(), oneSecret), bardge.WithRef("order-1"))
		renamed := s.NewClient(bardge.WithJournal(s.Journal, "acme-ltd"), oneSecret)
		_, err := issuePass(s, renamed, bardge.WithRef("order-1"))
		var other *bardge.OtherAccountError
		require.ErrorAs(t, err, &other)
		require.ErrorIs(t, renamed.Rebind(t.Context(), idem.Account{Name: "globex"}), bardge.ErrOtherAccount)
		require.NoError(t, renamed.Rebind(t.Context(), other.Bound))
		resp, err := issuePass(s, renamed, bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
	})
}

func TestJ12_AnAccountHasAName(t *testing.T) {
	for _, name := range []string{"", "line\nbreak", "\xff", string(make([]byte, 201))} {
		_, err := bardge.New(sdktest.APIKey, bardge.WithJournal(journal.NewMemory(), name))
		var invalid *bardge.InvalidError
		require.ErrorAs(t, err, &invalid, "%q", name)
		assert.Equal(t, "account", invalid.Field)
	}
	for _, d := range []time.Duration{0, -time.Second} {
		_, err := bardge.New(sdktest.APIKey, bardge.WithJournalTimeout(d))
		assert.EqualError(t, err, "bardge: WithJournalTimeout: journal timeout is not positive")
	}
}
