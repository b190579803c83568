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

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func TestJ4_RecoverSendsEveryKeyedOperationAgainInsideItsWindow(t *testing.T) {
	for op, do := range ordersOf(gen.RetryClassKeyed) {
		for name, executed := range map[string]bool{"executed": true, "not executed": false} {
			t.Run(string(op)+" "+name, sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
				failed := s.LeaveOpen(op, do, executed, bardge.WithRef("order-1"))
				time.Sleep(time.Minute)
				r := s.RecoverOne()
				require.NoError(t, r.Err)
				assert.Equal(t, bardge.OutcomeDone, r.Outcome)
				assert.Equal(t, string(op), r.Operation)
				assert.Equal(t, "order-1", r.Ref)
				assert.Equal(t, failed.Key.String(), r.Key.String())
				assert.Equal(t, executed, r.Response.Replayed)
				assert.True(t, json.Valid(r.Response.Raw))
				assert.Len(t, r.Response.Attempts, 1)
				assert.False(t, r.SafeUntil.IsZero())
				assert.Empty(t, r.Evidence)
				assert.Empty(t, s.Recover(), "what is done is no orphan")
				assert.Equal(t, 1, s.Executed(op))
			}))
		}
	}
}

func TestJ4_WhatRecoverSentIsAnsweredFromTheJournal(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		r := s.RecoverOne()
		var recovered bardge.IssuedPass
		require.NoError(t, json.Unmarshal(r.Response.Raw, &recovered))
		pass, resp, err := s.Client.IssuedPasses.Issue(t.Context(), s.Pass(), bardge.WithRef("order-1"))
		require.NoError(t, err)
		assert.True(t, resp.FromJournal)
		assert.Equal(t, recovered, *pass)
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		assert.Equal(t, 2, s.Requests(sandbox.IssuePass))
	})
}

func TestJ4_RecoverReturnsWhatTheServerRefuses(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.BookClass, orderInstance(s.Seed.FullInstanceID), true, bardge.WithRef("order-1"))
		r := s.RecoverOne()
		assert.Equal(t, bardge.OutcomeRejected, r.Outcome)
		assert.ErrorIs(t, r.Err, bardge.ErrClassFull)
		assert.Empty(t, s.Recover(), "the ref is free")
		assert.Zero(t, s.Executed(sandbox.BookClass))
	})
}

func TestJ4_RecoverCancelsAtAnyTime(t *testing.T) {
	for name, row := range map[string]struct {
		executed bool
		options  []bardge.CallOption
	}{
		"executed":                    {executed: true, options: []bardge.CallOption{bardge.WithRef("cancel-1")}},
		"not executed":                {options: []bardge.CallOption{bardge.WithRef("cancel-1")}},
		"executed, without a ref":     {executed: true},
		"not executed, without a ref": {},
	} {
		t.Run(name, sdktest.DurableTest(func(t *testing.T, s *sdktest.Sandbox) {
			s.Succeed(orderClass, s.Client)
			s.LeaveOpen(sandbox.CancelBooking, cancelBooking, row.executed, row.options...)
			time.Sleep(24 * time.Hour)
			r := s.RecoverOne()
			require.NoError(t, r.Err)
			assert.Equal(t, bardge.OutcomeDone, r.Outcome)
			assert.Equal(t, row.executed, r.Response.Recovered, "the booking was read")
			assert.Equal(t, "booking_0001", r.PathID)
			var booking bardge.Booking
			require.NoError(t, json.Unmarshal(r.Response.Raw, &booking))
			assert.True(t, booking.Status.Is(bardge.BookingCancelled))
			assert.Equal(t, "FitZone Lagos", booking.ProviderName)
			assert.Empty(t, s.Recover())
			assert.Equal(t, 1, s.Executed(sandbox.CancelBooking))
		}))
	}
}

func TestRecover_OnlyReportsWhatHasNoRef(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		failed := s.LeaveOpen(sandbox.IssuePass, issuePass, false)
		r := s.RecoverOne()
		assert.Empty(t, r.Ref)
		assert.Equal(t, failed.Key.String(), r.Key.String())
		assert.Equal(t, bardge.OutcomeUnknown, r.Outcome)
		var e *bardge.Error
		require.ErrorAs(t, r.Err, &e)
		assert.Same(t, r.Response, e.Response)
		assert.Equal(t, 1, s.Requests(sandbox.IssuePass), "its caller may have run it again")
		assert.Zero(t, s.Executed(sandbox.IssuePass))
	})
}

func TestRecover_ReturnsTheRequest(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		before := time.Now()
		s.LeaveOpen(sandbox.ConfirmClassBooking, confirmClass, false, bardge.WithRef("order-1"), bardge.WithHeader("X-Shop", "Lagos"))
		r := s.RecoverOne()
		assert.Equal(t, "sess_0001", r.PathID)
		assert.JSONEq(t, `{"number_of_visits":1,"duration":"MONTHLY"}`, string(r.Body))
		assert.Equal(t, "Lagos", r.Header.Get("X-Shop"))
		assert.WithinRange(t, r.Since, before.Add(-time.Second), time.Now())
		assert.Equal(t, 1, s.Executed(sandbox.ConfirmClassBooking))
	})
}

func TestJ15_AWrongSecretEndsTheLoopAndHidesNothing(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-2"))
		wrong := s.NewClient(s.WithJournal(), bardge.WithJournalSecret([]byte("another secret than before")))
		times := 0
		for r, err := range wrong.Recover(t.Context()) {
			times++
			assert.Nil(t, r)
			require.ErrorIs(t, err, bardge.ErrJournalSecret)
			assert.EqualError(t, err, "bardge: recover: the journal was sealed with another secret")
		}
		assert.Equal(t, 1, times)
		assert.Len(t, s.Recover(), 2, "at once: no lease was taken")
		assert.Equal(t, 1, s.Executed(sandbox.IssuePass))
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
	})
}

func TestRecover_EndsWithAnError(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		rows := map[string]struct {
			ctx     context.Context
			options []bardge.Option
			target  error
		}{
			"without a journal":   {ctx: t.Context()},
			"context over":        {ctx: over, options: []bardge.Option{s.WithJournal()}, target: context.Canceled},
			"the journal fails":   {ctx: t.Context(), options: []bardge.Option{bardge.WithJournal(sdktest.BrokenJournal{}, "acme")}, target: sdktest.ErrBroken},
			"and is named so too": {ctx: t.Context(), options: []bardge.Option{bardge.WithJournal(sdktest.BrokenJournal{}, "acme")}, target: bardge.ErrJournal},
		}
		for name, row := range rows {
			times := 0
			for r, err := range s.NewClient(row.options...).Recover(row.ctx) {
				times++
				assert.Nil(t, r, name)
				require.Error(t, err, name)
				sdktest.Hides(t, err)
				if row.target != nil {
					assert.ErrorIs(t, err, row.target, name)
					continue
				}
				var invalid *bardge.InvalidError
				assert.ErrorAs(t, err, &invalid, name)
			}
			assert.Equal(t, 1, times, name)
		}
	})
}

func TestRecover_CanBeLeft(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		s.LeaveOpen(sandbox.BookClass, orderClass, true, bardge.WithRef("order-2"))
		for r, err := range s.NewClient(s.WithJournal()).Recover(t.Context(), bardge.RecoveryOptions{Concurrency: 1}) {
			require.NoError(t, err)
			assert.Equal(t, "order-1", r.Ref)
			break
		}
		assert.Equal(t, "order-2", s.RecoverOne().Ref)
		assert.Equal(t, 1, s.Executed(sandbox.BookClass))
	})
}

func pendingOf(r *bardge.RecoveryResult) bardge.PendingOperation {
	return bardge.PendingOperation{
		ID: r.ID, Operation: r.Operation, Ref: r.Ref, Key: r.Key, Since: r.Since,
		PathID: r.PathID, Header: r.Header, Body: r.Body,
	}
}

func TestR23_RecoveredAndOrphanShowNoSecret(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		issue := func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
			_, resp, err := c.IssuedPasses.Issue(s.T.Context(), bardge.IssuePassParams{
				ClientID: s.Seed.ClientID, PassID: s.Seed.PassID, FirstName: sdktest.Leak,
			}, opts...)
			return resp, err
		}
		s.LeaveOpen(sandbox.IssuePass, issue, true, bardge.WithRef("order-1"), bardge.WithLookupToken(sdktest.Leak))
		s.LeaveOpen(sandbox.IssuePass, issue, true, bardge.WithLookupToken(sdktest.Leak))
		for _, r := range s.Recover() {
			require.Contains(t, string(r.Body), sdktest.Leak)
			pending := pendingOf(r)
			for _, v := range []any{r, *r, pending, &pending} {
				sdktest.Hides(t, v)
				sdktest.HidesAsJSON(t, v)
			}
			assert.NotContains(t, sdktest.Printed(r), "PASSCODE")
			ref := "-"
			if r.Ref != "" {
				ref = strconv.Quote(r.Ref)
			}
			for _, shown := range []string{
				"IssuePass: ref " + ref + ", key " + r.Key.String(), ": " + r.Outcome.String(),
				`"outcome":"` + r.Outcome.String() + `"`, `"key":"` + r.Key.String() + `"`,
			} {
				assert.Contains(t, sdktest.Printed(r), shown)
			}
			assert.Contains(t, sdktest.Printed(pending), `"key":"`+r.Key.String()+`"`)
			text, err := json.Marshal(r)
			require.NoError(t, err)
			assert.Contains(t, string(text), r.Outcome.String())
		}
		assert.Equal(t, 2, s.Executed(sandbox.IssuePass))
	})
}

func TestJ9_TheAPIKeyIsTheSecretAndTheNewestSeals(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef("order-1"))
		require.NoError(t, s.RecoverOne(bardge.WithJournalSecret([]byte(s.APIKey))).Err)
		journal, newest := s.WithJournal(), []byte("32 random bytes from this year..")
		s.Succeed(issuePass, s.NewClient(journal, bardge.WithJournalSecret(newest, []byte(s.APIKey))), bardge.WithRef("order-2"))
		s.Succeed(issuePass, s.NewClient(journal, bardge.WithJournalSecret(newest)), bardge.WithRef("order-2"))
	})
}

func TestR23_ARefIsQuotedWhateverItHolds(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		for ref, want := range map[string]string{
			"order-17/pass":        `ref "order-17/pass", key`,
			"order 17\nlevel=INFO": `ref "order 17\nlevel=INFO", key`,
		} {
			s.LeaveOpen(sandbox.IssuePass, issuePass, true, bardge.WithRef(ref))
			r := s.RecoverOne()
			assert.Contains(t, r.String(), want)
			assert.Contains(t, pendingOf(r).String(), want)
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("recovered", "r", r)
			assert.Equal(t, 1, strings.Count(log.String(), "\n"))
		}
	})
}

func TestRecover_UnescapesThePathsID(t *testing.T) {
	sdktest.WithDurable(t, func(t *testing.T, s *sdktest.Sandbox) {
		odd := func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
			_, resp, err := c.Bookings.ConfirmSpa(s.T.Context(), "a+b c%", opts...)
			return resp, err
		}
		s.LeaveOpen(sandbox.ConfirmSpaBooking, odd, false, bardge.WithRef("order-1"))
		time.Sleep(later)
		assert.Equal(t, "a+b c%", s.RecoverOne().PathID)
	})
}
