package idem

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

func ofAccount(j journal.Journal, name string, secrets ...string) func(*Config) {
	return func(c *Config) {
		c.Profile.Vendor, c.Journal, c.Account, c.JournalSecrets = "vendor", j, name, nil
		for _, s := range secrets {
			c.JournalSecrets = append(c.JournalSecrets, []byte(s))
		}
	}
}

func TestJ12_AJournalBelongsToOneAccount(t *testing.T) {
	for name, other := range map[string]func(*Config){
		"another name":     func(c *Config) { c.Account = "b" },
		"another vendor":   func(c *Config) { c.Profile.Vendor = "other" },
		"another base URL": func(c *Config) { c.BaseURL += "/v4" },
	} {
		for _, secrets := range [][]string{nil, {secretOne}} {
			t.Run(name, func(t *testing.T) {
				j := journal.NewMemory()
				of := ofAccount(j, "a", secrets...)
				inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
					require.NoError(t, w.do(withRef(Keyed)).Err)
					before := stored(t, j)

					e := w.newEngine(func(c *Config) { of(c); other(c) })
					r := e.Do(t.Context(), withRef(Keyed))
					assert.Equal(t, OutcomeUnknown, r.Outcome, "of the ref, which the account may have used elsewhere")
					assertOtherAccount(t, r.Err, e)
					for _, class := range mutations {
						r := e.Do(t.Context(), post(class))
						assert.Equal(t, OutcomeNotSent, r.Outcome, class)
						assertOtherAccount(t, r.Err, e)
						assert.Empty(t, r.Attempts)
					}
					for _, err := range e.Recover(t.Context(), knowing(Keyed)) {
						assertOtherAccount(t, err, e)
					}
					assertOtherAccount(t, e.Resolve(t.Context(), "ref:order-1", Resolution{}), e)

					assert.Equal(t, before.Version, stored(t, j).Version)
					assert.EqualValues(t, 1, w.hits.Load())
				}, of)
			})
		}
	}
}

func TestJ12_TheSameURLWrittenOtherwiseIsTheSameAccount(t *testing.T) {
	j := journal.NewMemory()
	at := func(address string) func(*Config) {
		return func(c *Config) {
			ofAccount(j, "a", secretOne)(c)
			dial := c.Transport.(*http.Transport).DialContext
			_, port, err := net.SplitHostPort(strings.TrimPrefix(c.BaseURL, "http://"))
			require.NoError(t, err)
			c.BaseURL = address
			c.Transport = &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dial(ctx, network, "127.0.0.1:"+port)
			}}
		}
	}
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		require.NoError(t, w.do(withRef(Keyed)).Err)
		for _, written := range []string{
			"http://localhost/v3/", "http://LocalHost/v3", "http://localhost:80/v3", "HTTP://localhost:/v3",
		} {
			r := w.newEngine(at(written)).Do(t.Context(), withRef(Keyed))
			require.NoError(t, r.Err, written)
			assert.True(t, r.FromJournal, written)
		}
		assert.EqualValues(t, 1, w.hits.Load())
	}, at("http://localhost/v3"))
}

func assertOtherAccount(t *testing.T, err error, e *Engine) {
	t.Helper()
	require.ErrorIs(t, err, ErrOtherAccount)
	var other *OtherAccountError
	require.ErrorAs(t, err, &other)
	assert.Equal(t, e.sealed.binder.account, other.Client)
	assert.Contains(t, err.Error(), other.Bound.String())
	assert.Contains(t, err.Error(), other.Client.String())
}

func TestJ12_RebindIsExplicit(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
		orphan(t, w, Keyed)
		moved := w.newEngine(ofAccount(j, "renamed", secretOne))
		require.ErrorIs(t, moved.Do(t.Context(), withRef(Keyed)).Err, ErrOtherAccount)
		from := w.engine.sealed.binder.account
		stranger := Account{Vendor: from.Vendor, BaseURL: from.BaseURL, Name: "stranger"}
		require.ErrorIs(t, moved.Rebind(t.Context(), stranger), ErrOtherAccount, "only its own account's journal is taken")

		require.NoError(t, moved.Rebind(t.Context(), from))
		require.NoError(t, moved.Rebind(t.Context(), from), "it is bound already")
		r := moved.Do(t.Context(), withRef(Keyed))
		require.NoError(t, r.Err, "records of the account before are opened")
		assert.Equal(t, 1, r.Attempts[0].Number)
		again := w.newEngine(ofAccount(j, "renamed", secretOne))
		assert.True(t, again.Do(t.Context(), withRef(Keyed)).FromJournal)

		late := w.newEngine(ofAccount(j, "a", secretOne))
		assertOtherAccount(t, late.Do(t.Context(), withRef(Keyed)).Err, late)
		require.NoError(t, late.Rebind(t.Context(), moved.sealed.binder.account), "and back")
		assert.True(t, late.Do(t.Context(), withRef(Keyed)).FromJournal)
	}, ofAccount(j, "a", secretOne))
}

func TestJ12_RebindRefuses(t *testing.T) {
	inWorld(t, says(200, `{}`), func(t *testing.T, w *world) {
		assert.ErrorAs(t, w.engine.Rebind(t.Context(), Account{}), new(*InvalidError), "no journal")
		e := w.newEngine(ofAccount(journal.NewMemory(), "a"))
		assert.ErrorIs(t, e.Rebind(nil, Account{}), errNilContext) //nolint:staticcheck // refused
		require.NoError(t, e.Rebind(t.Context(), Account{}), "a new journal is bound")
		assert.NoError(t, e.Do(t.Context(), withRef(Keyed)).Err)
	})
}

func TestJ12_TheBindingOutlivesARotationOfTheSecret(t *testing.T) {
	j := journal.NewMemory()
	inWorld(t, says(200, `{"id":"x"}`), func(t *testing.T, w *world) {
		for i, secrets := range [][]string{{secretOne}, {secretTwo, secretOne}, {secretTwo}} {
			e := w.newEngine(ofAccount(j, "a", secrets...))
			assert.NoError(t, e.Do(t.Context(), ofRef(post(Keyed), "order-"+string(rune('1'+i)))).Err, "secrets %v", secrets)
			e.CloseIdleConnections()
		}
		dropped := w.newEngine(ofAccount(j, "a", secretOne))
		assert.ErrorIs(t, dropped.Do(t.Context(), withRef(Keyed)).Err, ErrJournalSecret)
	})
}

// J14: one who can write the table cannot make the engine believe it.
func TestJ14_ARecordThatWasChangedIsNotBelieved(t *testing.T) {
	mine := []string{secretOne}
	for name, forge := range map[string]func(rec *journal.Record, e *Engine){
		"in the clear": func(r *journal.Record, e *Engine) {
			plain := entry{Record: *r}
			_ = e.sealed.close(&plain)
			*r = plain.Record
		},
		"another operation":     func(r *journal.Record, _ *Engine) { r.Operation = "other" },
		"the next generation":   func(r *journal.Record, _ *Engine) { r.Generation++ },
		"another key":           func(r *journal.Record, _ *Engine) { r.Key = "another-key" },
		"an edited outcome":     func(r *journal.Record, _ *Engine) { r.Outcome = journal.OutcomeRejected },
		"another scope":         func(r *journal.Record, _ *Engine) { r.Scope = "other" },
		"another resource":      func(r *journal.Record, _ *Engine) { r.Resource = "other" },
		"a later intent":        func(r *journal.Record, _ *Engine) { r.Since = r.Since.Add(1e9) },
		"a reservation":         func(r *journal.Record, _ *Engine) { r.Reserved = true },
		"another record's text": func(r *journal.Record, _ *Engine) { r.Sealed = bytes.Clone(r.Sealed); r.Sealed[len(r.Sealed)-1] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			j := journal.NewMemory()
			inWorld(t, script(lose, says(200, `{"id":"x"}`)), func(t *testing.T, w *world) {
				orphan(t, w, Keyed)
				rec := stored(t, j)
				open := w.newEngine(ofAccount(journal.NewMemory(), "a"))
				open.sealed.binder.bound.Store(&binding{})
				rec.Owner, rec.Lease = "", 0
				forge(&rec, open)
				ok, err := j.Save(t.Context(), rec)
				require.NoError(t, err)
				require.True(t, ok)

				r := w.do(withRef(Keyed))
				assert.Equal(t, OutcomeUnknown, r.Outcome)
				assert.ErrorIs(t, r.Err, ErrJournalSecret)
				assert.EqualValues(t, 1, w.hits.Load(), "nothing is sent")
			}, ofAccount(j, "a", mine...))
		})
	}
}

func FuzzJ12_ABindingIsParsed(f *testing.F) {
	s, err := newSeal([][]byte{[]byte(secretOne)})
	require.NoError(f, err)
	l := sealedJournal{seal: s, binder: &binder{}}
	f.Add(s.Close(bindingAssociated, []byte(`{"vendor":"v","base_url":"u","name":"n"}`)))
	f.Add([]byte{inTheClear, '{', '}'})
	f.Fuzz(func(t *testing.T, stored []byte) {
		for _, with := range []sealedJournal{l, {binder: &binder{}}} {
			b, err := with.parseBinding(stored)
			if err != nil {
				assert.ErrorIs(t, err, ErrJournalSecret)
				assert.Empty(t, b.Previous)
			}
		}
	})
}
