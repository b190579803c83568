package scenarios

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestARestartOfTheServerCostsNoCall(t *testing.T) {
	for _, outage := range []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second} {
		t.Run(outage.String(), func(t *testing.T) {
			inShops(t, func(_ *testing.T, s *shop) {
				s.next(s.order, fakeserver.DelayAfter(time.Second))
				time.AfterFunc(time.Second/2, func() { s.Outage(outage) })
				s.succeed(s.newClient())
				assert.Equal(s.t, 1, s.executed(s.order))
			})
		})
	}
}

func TestR7_AnErrorsKeyResumesTheOperationInItsWindow(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.next(s.order, fakeserver.LoseResponse)
		time.AfterFunc(time.Millisecond, s.Down)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		c := s.newClient()
		failed := s.failed(c.order(ctx, usual))
		assert.Equal(t, idem.OutcomeUnknown, failed.Outcome)
		assert.ErrorIs(t, failed, context.DeadlineExceeded)
		assert.True(t, idem.CanRepeat(failed))

		s.Up()
		time.Sleep(time.Until(failed.SafeUntil) - time.Minute)
		first := s.succeed(c, withKey(failed.Key))
		assert.Equal(t, failed.Key.String(), first.Key.String())
		assert.Equal(t, first.id, s.succeed(c, withKey(failed.Key)).id)
		assert.Equal(t, 1, s.executed(s.order))
	})
}

func TestR10_AnErrorsKeyIsRefusedWhenItsWindowIsOver(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.client = s.newClient()
		began := time.Now()
		failed := s.leaveOpen(true)
		assert.WithinDuration(t, began.Add(s.keyTTL), failed.SafeUntil, 10*time.Second)
		time.Sleep(time.Until(failed.SafeUntil) + time.Second)
		assert.False(t, idem.CanRepeat(failed))
		late := s.failed(s.client.order(t.Context(), usual, withKey(failed.Key)))
		assert.ErrorIs(t, late, idem.ErrKeyExpired)
		assert.Equal(t, idem.OutcomeUnknown, late.Outcome)
		assert.False(t, idem.CanRepeat(late))
		s.once(1)
	})
}

func TestR4_AStoredKeyIsTakenUpByAnotherClient(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.client = s.newClient()
		key := idem.NewKey()
		s.leaveOpen(true, withKey(key))
		time.Sleep(time.Minute)
		stored, err := idem.SentKey(key.String(), time.Time{})
		require.NoError(t, err)
		s.succeed(s.newClient(), withKey(stored))
		s.once(2)
	})
}

func TestR4_AKeyOfAnotherRequestIsRefused(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		key, err := s.newKey("order-17")
		require.NoError(t, err)
		s.client = s.newClient()
		s.succeed(s.client, withKey(key))
		r := s.client.order(t.Context(), anotherOrder, withKey(key))
		failed := s.failed(r)
		assert.Equal(t, "order-17", failed.Key.String())
		assert.ErrorIs(t, r.err, s.reused)
		assert.Contains(t, r.err.Error(), "key belongs to another request")
		assert.Equal(t, idem.OutcomeUnknown, failed.Outcome, "of what has the key, this client knows no more")
		assert.Zero(t, r.StatusCode)
		s.once(1)
	})
}

func TestCallersOfOneKeyOrRefShareItsResult(t *testing.T) {
	for name, as := range map[string]func() option{
		"J3 a ref": func() option { return withRef("order-1") },
		"a key":    func() option { return withKey(idem.NewKey()) },
	} {
		t.Run(name, func(t *testing.T) {
			inShops(t, func(_ *testing.T, s *shop) {
				s.next(s.order, fakeserver.DelayBefore(10*time.Second))
				ids, same := make([]string, 5), as()
				var all sync.WaitGroup
				for i := range ids {
					all.Go(func() { ids[i] = s.succeed(s.client, same).id })
					if i == 0 {
						synctest.Wait() // the call that takes long has begun before the others come
					}
				}
				all.Wait()
				for _, id := range ids {
					assert.Equal(s.t, ids[0], id)
				}
				assert.Equal(s.t, 1, s.executed(s.order))
				if name == "J3 a ref" {
					assert.Equal(s.t, 1, s.requests(s.order))
				}
			})
		})
	}
}

func TestJ5_ALaterCallWithTheRefGetsTheRecordedResult(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.next(s.order, fakeserver.LoseResponse)
		first := s.succeed(s.client, withRef("order-1"))
		assert.False(t, first.FromJournal)
		time.Sleep(24 * time.Hour)
		second := s.succeed(s.client, withRef("order-1"))
		assert.Equal(t, first.id, second.id)
		assert.Equal(t, first.Raw, second.Raw)
		assert.Equal(t, first.StatusCode, second.StatusCode)
		assert.True(t, second.FromJournal)
		assert.Empty(t, second.Attempts)
		assert.Contains(t, timeline(second), "nothing sent: the journal has the result")
		s.once(2)
	})
}

func TestJ2_ARefBelongsToOneRequest(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		ref := withRef("order-1")
		rejected := s.client.order(t.Context(), refusedOrder, ref)
		require.ErrorIs(t, rejected.err, s.refused)
		s.succeed(s.client, ref) // what ended rejected leaves the ref free

		for _, what := range []goods{anotherOrder, otherGoods} {
			failed := s.failed(s.client.order(t.Context(), what, ref))
			assert.ErrorIs(t, failed, idem.ErrRefReused)
			assert.Equal(t, idem.OutcomeUnknown, failed.Outcome, "the other request was done, not this one")
			assert.False(t, idem.CanRepeat(failed))
			var reused *idem.RefReusedError
			require.ErrorAs(t, failed, &reused)
			assert.Equal(t, idem.OutcomeDone, reused.Recorded)
		}
		assert.Zero(t, s.requests(s.other))
		s.once(2)
	})
}
