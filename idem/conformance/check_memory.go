package conformance

import (
	"strings"
	"time"
)

// ages are the parts of the time at which keys are repeated. Each age has a key
// of its own, since a server may extend the life of a key that is used.
var ages = []float64{0.25, 0.5, 0.75, 1}

func (t *trial) memory() Result {
	promised := t.rules.KeyTTL
	// Close to the end of a key's life the time that a request takes decides.
	within := min(t.Within, promised-promised/20)
	keys := make([]usedKey, len(ages))
	for i := range keys {
		if keys[i] = t.use(); keys[i].untried != "" {
			return notTried("%s", keys[i].untried)
		}
	}
	var age time.Duration
	var seen []string
	for i, part := range ages {
		at := time.Duration(part * float64(within))
		t.fail(t.Wait(t.ctx, at-age))
		age = at
		repeated := t.settled(t.Request, keys[i].n, keys[i].key)
		if t.outcomeOf(keys[i].first, repeated) != same {
			return t.forgotten(repeated, shown(age), shown(promised))
		}
		seen = append(seen, shown(age))
	}
	result := holds("remembered for %s of %s (tried at %s)", shown(age), shown(promised), strings.Join(seen, ", "))
	if within < promised-promised/20 {
		result.Seen += "; longer was not waited"
	}
	return result
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
