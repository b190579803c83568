package chaos_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

func TestMadeListsEachExecutionAndNoOther(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, sim *chaos.Simulation) {
		read := func() chaos.Made {
			got := plain(sim)(t.Context(), list("op-1"), "")
			require.NoError(t, got.err)
			require.Equal(t, http.StatusOK, got.status)
			assert.NotEmpty(t, got.header.Get("Bardge-Request-Id"))
			var made chaos.Made
			require.NoError(t, json.Unmarshal([]byte(got.body), &made))
			assert.Equal(t, "list", made.Object)
			return made
		}
		plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op-2"), "key-2")
		assert.Empty(t, read().Data)
		for _, key := range []string{"key-1", "key-1", "another"} {
			plain(sim)(t.Context(), chaos.NewOp(chaos.Keyed, "op-1"), key)
			time.Sleep(time.Second)
		}
		made, executed := read().Data, sim.Ledger.Executions("op-1")
		require.Len(t, made, 2)
		for i, e := range executed {
			assert.Equal(t, chaos.MadeItem{Object: "thing", Created: e.At.UnixMilli()}, made[i])
		}
		assert.Equal(t, 5, sim.Ledger.Requests("op-1"), "reading is counted too")
	})
}

func list(op string) chaos.Op {
	return chaos.Op{ID: op, Class: chaos.Safe, Method: http.MethodGet, Path: chaos.MadePath(op)}
}
