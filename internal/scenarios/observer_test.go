package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestObserversAreCalledInTurn(t *testing.T) {
	var heard []string
	hear := func(name string) bardge.Option {
		return bardge.WithObserver(func(e bardge.Event) {
			if e.Kind == bardge.EventCallEnded {
				heard = append(heard, name)
			}
		})
	}
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Clients.Get(t.Context(), "c1")
		require.NoError(t, err)
	}, bardge.WithObserver(nil), hear("first"), bardge.WithObserver(nil), hear("second"))
	assert.Equal(t, []string{"first", "second"}, heard)
}

// tracing is a log handler that reads the call's context, like handlers that
// add a trace id.
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
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Clients.Get(context.WithValue(t.Context(), traceKey{}, "trace-1"), "c1")
		require.NoError(t, err)
	}, bardge.WithLogger(slog.New(tracing{seen: &seen})))
	assert.Equal(t, []any{"trace-1", "trace-1", "trace-1"}, seen)
}

func TestVerboseErrorsShowTheVendorsMessage(t *testing.T) {
	long := "Ada's \"pass\"\n" + strings.Repeat("x", 300)
	said, err := json.Marshal(long)
	require.NoError(t, err)
	refusal := sdktest.Respond(400, `{"error":{"type":"invalid_request_error","code":"validation_error","message":`+string(said)+`}}`)
	const terse = "bardge: IssuePass: rejected: 400 validation_error (invalid_request_error)"
	for name, row := range map[string]struct {
		opts []bardge.Option
		want string
	}{
		"by default": {want: terse + ": re"},
		"verbose": {
			opts: []bardge.Option{bardge.WithVerboseErrors()},
			want: terse + `: "Ada's \"pass\"\n` + strings.Repeat("x", 187) + `...": re`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			sdktest.WithBardge(t, sdktest.Script{refusal}, func(t *testing.T, s *sdktest.Bardge) {
				value, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
				e := sdktest.ErrorOf(t, value, resp, err)
				assert.True(t, strings.HasPrefix(e.Error(), row.want), e.Error())
				assert.True(t, strings.HasSuffix(e.Error(), " [request "+sdktest.RequestID+"]"), e.Error())
				assert.Equal(t, long, e.Message, "whole in either case")
			}, row.opts...)
		})
	}
}

func TestVerboseErrorsWithoutAMessage(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), `""`)
	}, bardge.WithVerboseErrors())
}

// A program at the default level hears of what is in doubt, and of nothing
// else.
func TestTheLoggerWarnsOfWhatIsInDoubt(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	sdktest.WithBardge(t, sdktest.Script{sdktest.Lose}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(2))
		require.Error(t, err)
	}, bardge.WithLogger(logger))
	var lines []map[string]any
	for d := json.NewDecoder(&log); d.More(); {
		var line map[string]any
		require.NoError(t, d.Decode(&line))
		lines = append(lines, line)
	}
	require.Len(t, lines, 3)
	for i, msg := range []string{"bardge: attempt ended", "bardge: attempt ended", "bardge: call ended"} {
		assert.Equal(t, msg, lines[i]["msg"])
		assert.Equal(t, "WARN", lines[i]["level"])
		assert.NotEmpty(t, lines[i]["call_id"])
		assert.Equal(t, lines[0]["call_id"], lines[i]["call_id"])
		assert.NotEmpty(t, lines[i]["key"])
		assert.NotEmpty(t, lines[i]["reason"])
	}
}
