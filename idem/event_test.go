package idem

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestR21_EventsOfOneCallHaveItsNames(t *testing.T) {
	inJournalledWorld(t, script(says(503, "{}"), says(200, "{}")), func(t *testing.T, w *world, _ *faultyJournal) {
		ids := map[string]bool{}
		for _, ref := range []string{"order-17/pay", "order-17/refund"} {
			w.events = nil
			c := post(Keyed)
			c.Ref = ref
			r := w.do(c)
			require.NoError(t, r.Err)
			require.NotEmpty(t, w.events)
			for _, e := range w.events {
				assert.Equal(t, w.events[0].CallID, e.CallID)
				assert.Equal(t, ref, e.Ref)
				assert.Equal(t, r.Key.String(), e.Key.String())
				assert.NoError(t, e.RecordErr)
			}
			assert.NoError(t, uuid.Validate(w.events[0].CallID))
			ids[w.events[0].CallID] = true
		}
		assert.Len(t, ids, 2, "one for each call")
	})
}

func TestR21_ACallWithoutRefAndKeyHasNeitherInItsEvents(t *testing.T) {
	inWorld(t, says(200, "{}"), func(t *testing.T, w *world) {
		require.NoError(t, w.do(read()).Err)
		require.Len(t, w.events, 3)
		for _, e := range w.events {
			assert.Empty(t, e.Ref)
			assert.True(t, e.Key.IsZero())
			assert.NotEmpty(t, e.CallID)
		}
	})
}

func TestJ5_TheEndOfACallSaysThatTheJournalFailed(t *testing.T) {
	refuse := says(422, errorObject)
	for name, row := range map[string]struct {
		handle http.HandlerFunc
		plan   []fault
	}{
		"done, not recorded":     {says(200, "{}"), []fault{faultNone, faultLost, faultLost, faultLost, faultLost, faultLost}},
		"refused, not recorded":  {refuse, []fault{faultNone, faultLost, faultLost, faultLost, faultLost, faultLost}},
		"the intent is in doubt": {says(200, "{}"), []fault{faultLost}},
	} {
		t.Run(name, func(t *testing.T) {
			inJournalledWorld(t, row.handle, func(t *testing.T, w *world, j *faultyJournal) {
				j.plan = row.plan
				w.do(withRef(Keyed))
				end := w.events[len(w.events)-1]
				assert.Equal(t, EventCallEnded, end.Kind)
				require.ErrorIs(t, end.RecordErr, ErrJournal)
				assert.ErrorIs(t, end.RecordErr, errDisk)
				assert.NotContains(t, fmt.Sprintf("%v %+v %s", end, end, end.RecordErr), errDisk.Error())
			})
		})
	}
}

func TestRecoversEventsHaveTheRef(t *testing.T) {
	inJournalledWorld(t, script(lose, says(200, "{}")), func(t *testing.T, w *world, _ *faultyJournal) {
		c := withRef(Keyed)
		c.Policy.MaxAttempts = 1
		w.do(c)
		first := w.events[0].CallID
		w.events = nil
		for r, err := range w.engine.Recover(t.Context(), Recovery{Operation: func(string) (Operation, bool) { return testOperation(Keyed), true }}) {
			require.NoError(t, err)
			require.NoError(t, r.Result.Err)
		}
		require.NotEmpty(t, w.events)
		for _, e := range w.events {
			assert.Equal(t, "order-1", e.Ref)
			assert.NotEqual(t, first, e.CallID, "another call")
		}
	})
}
