package journal

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMemory_WaitReturnsOnceTheVersionDiffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := NewMemory()
		assert.NoError(t, j.Wait(t.Context(), "ref:a", 1), "it differs already")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorIs(t, j.Wait(ctx, "ref:a", 0), context.DeadlineExceeded)
		began := time.Now()
		time.AfterFunc(time.Minute, func() { _, _ = j.Save(context.Background(), Record{ID: "ref:b"}) })
		time.AfterFunc(time.Hour, func() { _, _ = j.Save(context.Background(), Record{ID: "ref:a"}) })
		assert.NoError(t, j.Wait(t.Context(), "ref:a", 0))
		assert.Equal(t, time.Hour, time.Since(began))
		assert.Empty(t, j.waiters)
	})
}

func TestRecord_StateOfEachOutcome(t *testing.T) {
	for _, row := range []struct {
		rec  Record
		want State
	}{
		{rec: Record{}, want: StateOpen},
		{rec: Record{Reserved: true}, want: StateReserved},
		{rec: Record{Outcome: OutcomeNotSent}, want: StateFree},
		{rec: Record{Outcome: OutcomeRejected, Reserved: true}, want: StateFree},
		{rec: Record{Outcome: OutcomeDone}, want: StateDone},
		{rec: Record{Outcome: OutcomeDone + 1}, want: StateOpen}, // of a later version: its name must not be free
	} {
		assert.Equal(t, row.want, row.rec.State(), "%v", row.rec)
	}
}

func TestOutcome_WordsReadBack(t *testing.T) {
	for o := OutcomeUnknown; o <= OutcomeDone; o++ {
		got, ok := ParseOutcome(o.String())
		assert.True(t, ok)
		assert.Equal(t, o, got)
	}
	got, ok := ParseOutcome("executed")
	assert.False(t, ok)
	assert.Equal(t, OutcomeUnknown, got)
	assert.Equal(t, "unknown", (OutcomeDone + 1).String())
}
