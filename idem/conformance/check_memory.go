package conformance

import (
	"context"
	"strings"
	"time"
)

// ages are the parts of the time at which keys are repeated. Each age has a key
// of its own, since a server may extend the life of a key that is used.
var ages = []float64{0.25, 0.5, 0.75, 1}

// used is a key with what was sent under it.
type usedKey struct {
	n     int
	key   string
	first response
}

// memory repeats requests at several ages of their keys.
func (t *trial) memory(ctx context.Context) (Result, error) {
	promised := t.rules.KeyTTL
	// Close to the end of a key's life the time that a request takes decides.
	within := min(t.Within, promised-promised/20)
	keys := make([]usedKey, len(ages))
	for i := range keys {
		n, key, first, untried, err := t.used(ctx)
		if err != nil || untried != "" {
			return notTried("%s", untried), err
		}
		keys[i] = usedKey{n, key, first}
	}
	var age time.Duration
	var seen []string
	for i, part := range ages {
		at := time.Duration(part * float64(within))
		if err := t.Wait(ctx, at-age); err != nil {
			return Result{}, err
		}
		age = at
		repeated, err := t.settled(ctx, t.Request, keys[i].n, keys[i].key)
		if err != nil {
			return Result{}, err
		}
		if t.outcomeOf(keys[i].first, repeated) != same {
			return t.forgotten(repeated, shown(age), shown(promised)), nil
		}
		seen = append(seen, shown(age))
	}
	if within < promised-promised/20 {
		return holds("remembered for %s of %s (tried at %s); longer was not waited",
			shown(age), shown(promised), strings.Join(seen, ", ")), nil
	}
	return holds("remembered for %s of %s (tried at %s)", shown(age), shown(promised), strings.Join(seen, ", ")), nil
}

func (t *trial) forgotten(repeated response, age, promised string) Result {
	const executes = "A repetition within the promised time executes the operation again."
	const hides = "A client whose response was lost cannot find out, within the promised time, that its request " +
		"was executed."
	if repeated.succeeded() {
		return broken(executes, "a repetition at the age of %s of %s: %v, executed again", age, promised, repeated)
	}
	return broken(hides, "a repetition at the age of %s of %s: %v", age, promised, repeated)
}

// shown returns a duration without zero units: 24h instead of 24h0m0s.
func shown(d time.Duration) string {
	if d >= time.Second {
		d = d.Round(100 * time.Millisecond)
	}
	text := d.String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}
