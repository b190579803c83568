package idem

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/journal"
)

// tardyJournal fails two seconds after the end of a Save's context.
type tardyJournal struct {
	*journal.Memory
	prompt bool
}

func (j *tardyJournal) IsPrompt() bool { return j.prompt }

func (j *tardyJournal) Save(ctx context.Context, _ journal.Record) (bool, error) {
	<-ctx.Done()
	time.Sleep(2 * time.Second)
	return false, ctx.Err()
}

// A journal is believed that says that its Save keeps to its context.
func TestR39_OnlyAPromptJournalIsNotAbandoned(t *testing.T) {
	for prompt, want := range map[bool]time.Duration{
		false: defaultJournalTimeout + journalGrace,
		true:  defaultJournalTimeout + 2*time.Second,
	} {
		inWorld(t, lose, func(t *testing.T, w *world) {
			began := time.Now()
			r := w.do(withRef(Keyed))
			assert.Equal(t, want, time.Since(began))
			assert.ErrorIs(t, r.Err, ErrJournal)
			assert.Equal(t, OutcomeUnknown, r.Outcome)
			time.Sleep(2 * time.Second)
			assert.Zero(t, w.hits.Load())
		}, func(c *Config) { c.Journal = &tardyJournal{journal.NewMemory(), prompt} })
	}
}
