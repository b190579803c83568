package bardge_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

func TestEveryObserverIsToldInTurn(t *testing.T) {
	var heard []string
	hear := func(name string) bardge.Option {
		return bardge.WithObserver(func(e bardge.Event) {
			if e.Kind == bardge.EventCallEnded {
				heard = append(heard, name)
			}
		})
	}
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		_, _, err := w.client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
	}, bardge.WithObserver(nil), hear("first"), bardge.WithObserver(nil), hear("second"))
	assert.Equal(t, []string{"first", "second"}, heard)
}

// tracing is a log handler that asks the context whose call it is, as those do
// that add a trace id.
type tracing struct {
	slog.Handler
	seen *[]any
}

type traceKey struct{}

func (tracing) Enabled(context.Context, slog.Level) bool { return true }

func (h tracing) Handle(ctx context.Context, _ slog.Record) error {
	*h.seen = append(*h.seen, ctx.Value(traceKey{}))
	return nil
}

func TestTheLoggerGetsTheCallsContext(t *testing.T) {
	var seen []any
	inWorld(t, steps(anything), func(t *testing.T, w *world) {
		_, _, err := w.client.Clients.Get(context.WithValue(t.Context(), traceKey{}, "trace-1"), "c1")
		require.NoError(t, err)
	}, bardge.WithLogger(slog.New(tracing{seen: &seen})))
	assert.Equal(t, []any{"trace-1", "trace-1", "trace-1"}, seen)
}
