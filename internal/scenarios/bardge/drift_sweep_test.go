package scenarios

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// Each field of each operation's response is found out if it has another name,
// or is an object in place of what it should be.
func TestEachFieldThatIsBentIsFoundOut(t *testing.T) {
	bent := 0
	for _, op := range sdktest.Operations {
		for _, field := range fieldsOf(t, op) {
			name := field[strings.LastIndex(field, ".")+1:] + "_bent"
			sweep(t, op, sandbox.RenameField(op.ID, field, name), func(d bardge.Drift) bool {
				return d.Kind == bardge.DriftUnknownField && strings.HasSuffix(d.Path, name) || d.Kind == bardge.DriftItem
			})
			sweep(t, op, sandbox.SetField(op.ID, field, map[string]int{"bent": 1}), func(d bardge.Drift) bool {
				return d.Kind == bardge.DriftType || d.Kind == bardge.DriftItem || d.Kind == bardge.DriftUnknownField
			})
			bent++
		}
	}
	t.Log(bent, "fields")
	assert.Greater(t, bent, 200)
}

func sweep(t *testing.T, op sdktest.Operation, b sandbox.Bend, found func(bardge.Drift) bool) {
	t.Helper()
	got := callBent(t, op, b)
	if got.Response.Recovered { // the value is from a response that is not bent
		require.NoError(t, got.Err)
		return
	}
	assert.True(t, slices.ContainsFunc(got.Response.Drift, found), "%s: %v", b, wordsOf(got.Response.Drift))
}

// fieldsOf returns the paths of the fields in an operation's response.
func fieldsOf(t *testing.T, op sdktest.Operation) (paths []string) {
	t.Helper()
	got := callBent(t, op)
	require.NoError(t, got.Err, op.ID)
	var body map[string]any
	require.NoError(t, json.Unmarshal(got.Response.Raw, &body), op.ID)
	walk("", body, func(path string) {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	})
	slices.Sort(paths)
	return paths
}

// walk visits the paths of all fields; items of lists share one.
func walk(path string, v any, visit func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			inner := strings.TrimPrefix(path+"."+name, ".")
			visit(inner)
			walk(inner, value, visit)
		}
	case []any:
		for _, item := range v {
			walk(path+"[]", item, visit)
		}
	}
}

// callBent calls an operation at a sandbox that is bent, and checks the outcome.
// Bends are not of what the operation needs before.
func callBent(t *testing.T, op sdktest.Operation, bends ...sandbox.Bend) (got sdktest.Result) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.Start(t, sandbox.WithPreview(), sandbox.WithDrift(bends...))
		s := &sdktest.Sandbox{Sandbox: sb, T: t}
		client := s.NewClient(bardge.WithMaxAttempts(2))
		var id string
		if op.Before != nil {
			id = op.Before(t.Context(), client, sb.Seed).Got
			require.NotEmpty(t, id)
		}
		got = op.Call(t.Context(), client, sb.Seed, id)
		isRight(t, sb, op.ID, got.Err)
	})
	return got
}
