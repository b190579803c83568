package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestJ4_RecoverSendsAgainInsideTheWindow(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		failed := s.leaveOpen(true, withRef("order-1"), withHeader("X-Shop", "Lagos"))
		began := time.Now()
		time.Sleep(s.keyTTL - 30*time.Second)
		r := s.recoverOne()
		require.NoError(t, r.Err)
		assert.Equal(t, idem.OutcomeDone, r.Outcome)
		assert.Equal(t, s.order, r.Operation)
		assert.Equal(t, "order-1", r.Ref)
		assert.Equal(t, failed.Key.String(), r.Key.String())
		assert.Equal(t, "Lagos", r.Header.Get("X-Shop"))
		assert.True(t, json.Valid(r.Body))
		assert.WithinDuration(t, began, r.Since, time.Second)
		assert.Len(t, r.response.Attempts, 1)
		assert.False(t, r.SafeUntil.IsZero())
		assert.Empty(t, r.Evidence)
		assert.Empty(t, s.recover(), "what is done is not open")

		later := s.succeed(s.client, withRef("order-1"), withHeader("X-Shop", "Lagos"))
		assert.True(t, later.FromJournal)
		assert.Equal(t, s.firstID, later.id)
		assert.Equal(t, r.response.Raw, later.Raw)
		s.once(2)
	})
}

func TestJ4_RecoverChangesAtAnyTime(t *testing.T) {
	for name, row := range map[string]struct {
		executed bool
		opts     []option
	}{
		"executed":                    {executed: true, opts: []option{withRef("change-1")}},
		"not executed":                {opts: []option{withRef("change-1")}},
		"executed, without a ref":     {executed: true},
		"not executed, without a ref": {},
	} {
		t.Run(name, func(t *testing.T) {
			inShops(t, func(t *testing.T, s *shop) {
				id := s.leaveChangeOpen(row.executed, row.opts...)
				time.Sleep(48 * time.Hour)
				r := s.recoverOne()
				require.NoError(t, r.Err)
				assert.Equal(t, idem.OutcomeDone, r.Outcome)
				assert.Equal(t, row.executed, r.response.Recovered, "the state was read")
				assert.Contains(t, string(r.response.Raw), id)
				assert.Empty(t, s.recover())
				assert.Equal(t, 1, s.executed(s.change))
			})
		})
	}
}

func TestRecover_OnlyReportsWhatHasNoRef(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		failed := s.leaveOpen(false)
		r := s.recoverOne()
		assert.Empty(t, r.Ref)
		assert.Equal(t, failed.Key.String(), r.Key.String())
		assert.Equal(t, idem.OutcomeUnknown, r.Outcome)
		require.ErrorAs(t, r.Err, new(*idem.Failure))
		assert.Equal(t, 1, s.requests(s.order), "its caller may have run it again")
		assert.Zero(t, s.executed(s.order))
	})
}

func TestJ15_AWrongSecretEndsTheLoopAndHidesNothing(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(true, withRef("order-1"))
		s.leaveOpen(true, withRef("order-2"))
		wrong := s.newClient(s.withJournal(), withJournalSecret([]byte("another secret than before")))
		times := 0
		for r, err := range wrong.recover(t.Context(), idem.RecoveryOptions{}) {
			times++
			assert.Nil(t, r)
			require.ErrorIs(t, err, idem.ErrJournalSecret)
			assert.EqualError(t, err, s.name+": recover: the journal was sealed with another secret")
		}
		assert.Equal(t, 1, times)
		assert.Len(t, s.recover(), 2, "at once: no lease was taken")
		assert.Equal(t, 2, s.executed(s.order))
	})
}

func TestJ9_TheCredentialIsTheSecretAndTheNewestSeals(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		own, newest := []byte(s.secret()), []byte("32 random bytes from this year..")
		s.leaveOpen(true, withRef("order-1"))
		require.NoError(t, s.recoverOne(withJournalSecret(own)).Err)
		s.succeed(s.newClient(s.withJournal(), withJournalSecret(newest, own)), withRef("order-2"))
		s.succeed(s.newClient(s.withJournal(), withJournalSecret(newest)), withRef("order-2"))
		assert.Equal(t, 2, s.executed(s.order))
	})
}

func TestRecover_EndsWithAnError(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		broken := withJournal(sdktest.BrokenJournal{}, "acme")
		for name, row := range map[string]struct {
			ctx      context.Context
			settings []setting
			target   error // nil: an *idem.InvalidError
		}{
			"without a journal":   {ctx: t.Context()},
			"context over":        {ctx: over, settings: []setting{s.withJournal()}, target: context.Canceled},
			"the journal fails":   {ctx: t.Context(), settings: []setting{broken}, target: sdktest.ErrBroken},
			"and is named so too": {ctx: t.Context(), settings: []setting{broken}, target: idem.ErrJournal},
		} {
			times := 0
			for r, err := range s.newClient(row.settings...).recover(row.ctx, idem.RecoveryOptions{}) {
				times++
				assert.Nil(t, r, name)
				require.Error(t, err, name)
				sdktest.Hides(t, err)
				if row.target == nil {
					assert.ErrorAs(t, err, new(*idem.InvalidError), name)
					continue
				}
				assert.ErrorIs(t, err, row.target, name)
			}
			assert.Equal(t, 1, times, name)
		}
	})
}

func TestRecover_CanBeLeft(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(true, withRef("order-1"))
		s.leaveOpen(true, withRef("order-2"))
		for r, err := range s.newClient(s.withJournal()).recover(t.Context(), idem.RecoveryOptions{Concurrency: 1}) {
			require.NoError(t, err)
			assert.Equal(t, "order-1", r.Ref)
			break
		}
		assert.Equal(t, "order-2", s.recoverOne().Ref)
		assert.Equal(t, 2, s.executed(s.order))
	})
}

func TestR23_WhatIsRecoveredShowsNoSecret(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		for _, opts := range [][]option{{withRef("order-17/pass")}, {withRef("order 17\nlevel=INFO")}, nil} {
			hidden := []option{withExtraField("note", sdktest.Leak), withHeader("X-Note", sdktest.Leak)}
			s.leaveOpen(true, append(hidden, opts...)...)
		}
		for _, r := range s.recover() {
			require.Contains(t, string(r.Body), sdktest.Leak)
			ref := "-"
			if r.Ref != "" {
				ref = strconv.Quote(r.Ref)
			}
			for _, v := range []any{r.own, s.pending(r)} {
				sdktest.Hides(t, v)
				sdktest.HidesAsJSON(t, s.order, v)
				assert.Contains(t, sdktest.Printed(v), s.order+": ref "+ref+", key "+r.Key.String())
				assert.Contains(t, sdktest.Printed(v), `"key":"`+r.Key.String()+`"`)
				var log bytes.Buffer
				slog.New(slog.NewTextHandler(&log, nil)).Info("recovered", "r", v)
				assert.Equal(t, 1, strings.Count(log.String(), "\n"))
			}
			for _, shown := range []string{": " + r.Outcome.String(), `"outcome":"` + r.Outcome.String() + `"`} {
				assert.Contains(t, sdktest.Printed(r.own), shown)
			}
		}
		assert.Equal(t, 3, s.executed(s.order))
	})
}
