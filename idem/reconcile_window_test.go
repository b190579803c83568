package idem

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/journal"
)

// keeping is a journal that keeps what is settled for a time.
type keeping struct {
	journal.Journal

	time time.Duration
}

func (k keeping) Keeps() time.Duration { return k.time }

// silentOn keeps no promise of how long it keeps its records.
type silentOn struct{ journal.Journal }

const day = 24 * time.Hour

// J11: with a window of a day, an operation that may have made what is found can
// be a day away from the open one, and its record may be gone.
func TestJ11_AMatchCountsWhileTheJournalKeepsAllThatMayHaveMadeIt(t *testing.T) {
	found := ReconcileResult{Done: true, Scopes: []string{"/op"}}
	for name, row := range map[string]struct {
		window  time.Duration
		journal journal.Journal
		after   time.Duration
		done    bool
	}{
		"J11 a short window":                          {90 * time.Second, silentOn{journal.NewMemory()}, 40 * day, true},
		"J11 a day, all kept":                         {day, journal.NewMemory(), 40 * day, true},
		"J11 a day, kept for 30":                      {day, keeping{journal.NewMemory(), 30 * day}, 28 * day, true},
		"J11 a day, kept for 30, and later":           {day, keeping{journal.NewMemory(), 30 * day}, 29 * day, false},
		"J11 a day, kept for an hour":                 {day, keeping{journal.NewMemory(), time.Hour}, 2 * day, false},
		"J11 a day, opened for reading":               {day, keeping{journal.NewMemory(), 0}, 2 * day, false},
		"J11 a day, the journal makes no promise":     {day, silentOn{journal.NewMemory()}, 2 * day, false},
		"J11 a month, kept for ever":                  {30 * day, keeping{journal.NewMemory(), math.MaxInt64}, 90 * day, true},
		"J11 half an hour, the journal makes none":    {30 * time.Minute, silentOn{journal.NewMemory()}, 2 * day, false},
		"J11 a quarter of an hour, no promise needed": {5 * time.Minute, silentOn{journal.NewMemory()}, 2 * day, true},
	} {
		t.Run(name, worldTest(perPath, func(t *testing.T, w *world) {
			orphan(t, w, Keyed)
			time.Sleep(row.after)
			r, err := w.engine.Reconcile(t.Context(), "ref:order-1", finding(found, nil))
			require.NoError(t, err)
			assert.Equal(t, row.done, r.Done)
			unscoped := ReconcileResult{Done: true, Resource: "thing:1"}
			r, err = w.engine.Reconcile(t.Context(), "ref:order-1", finding(unscoped, nil))
			require.NoError(t, err)
			assert.True(t, r.Done, "what names its maker needs no competitor")
		}, func(c *Config) {
			c.Profile.KeyTTL, c.Profile.MaxElapsedTime = row.window, time.Minute
			c.Journal, c.Account = row.journal, "a"
			c.Scope = func(r Request) string { return r.Path }
		}))
	}
}
