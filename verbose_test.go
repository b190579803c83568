package bardge_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

func TestVerboseErrorsShowTheVendorsMessage(t *testing.T) {
	long := "Ada's \"pass\"\n" + strings.Repeat("x", 300)
	said, err := json.Marshal(long)
	require.NoError(t, err)
	refusal := says(400, `{"error":{"type":"invalid_request_error","code":"validation_error","message":`+string(said)+`}}`)
	const terse = "bardge: IssuePass: rejected: 400 validation_error (invalid_request_error)"
	for name, row := range map[string]struct {
		opts []bardge.Option
		want string
	}{
		"by default": {nil, terse + ": re"},
		"verbose": {
			[]bardge.Option{bardge.WithVerboseErrors()},
			terse + `: "Ada's \"pass\"\n` + strings.Repeat("x", 187) + `...": re`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, steps(refusal), func(t *testing.T, w *world) {
				value, resp, err := w.client.IssuedPasses.Issue(t.Context(), somePass)
				e := errorOf(t, value, resp, err)
				assert.True(t, strings.HasPrefix(e.Error(), row.want), e.Error())
				assert.True(t, strings.HasSuffix(e.Error(), " [request "+requestID+"]"), e.Error())
				assert.Equal(t, long, e.Message, "whole in either case")
			}, row.opts...)
		})
	}
}

func TestVerboseErrorsWithoutAMessage(t *testing.T) {
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		_, _, err := w.client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), `""`)
	}, bardge.WithVerboseErrors())
}

// A program at the default level hears of what is in doubt, and of nothing else.
func TestTheLoggerWarnsOfWhatIsInDoubt(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	inWorld(t, steps(loses), func(t *testing.T, w *world) {
		_, _, err := w.client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(2))
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
