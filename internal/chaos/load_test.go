package chaos_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

// TestRunCallsOthersUnderForeignKeys: the second operation has an id of its own and the key of the first, and knows
// since when that may be in use.
func TestRunCallsOthersUnderForeignKeys(t *testing.T) {
	var mu sync.Mutex
	made := map[string]chaos.Op{}
	noting := func(*chaos.World) chaos.Client {
		return func(_ context.Context, op chaos.Op) chaos.Claim {
			mu.Lock()
			defer mu.Unlock()
			made[op.ID] = op
			return chaos.Done
		}
	}
	r := run(t, 1, chaos.Config{}, chaos.Load{Operations: 100, ForeignKeys: 1}, noting)
	assert.Equal(t, 170, r.Operations, "one more for each keyed one")
	assert.Equal(t, 170, r.Calls)
	invalid := 0
	for id, op := range made {
		owner, foreign := strings.CutSuffix(id, "-foreign")
		if !foreign {
			assert.False(t, op.Invalid)
			continue
		}
		require.Equal(t, made[owner].Key, op.Key)
		assert.NotEmpty(t, op.Key)
		assert.NotEqual(t, made[owner].Path, op.Path)
		assert.False(t, op.SentSince.IsZero(), "calls end at once here, so each comes after the first")
		if op.Invalid {
			invalid++
		}
	}
	assert.InDelta(t, 35, invalid, 15)
}

// TestRunJudgesACallUnderAForeignKeyByItsOwnOperation: what the key's owner did does not count.
func TestRunJudgesACallUnderAForeignKeyByItsOwnOperation(t *testing.T) {
	load := chaos.Load{Operations: 50, ForeignKeys: 1, Classes: []chaos.Class{chaos.Keyed}}
	r := run(t, 1, chaos.Config{}, load, func(w *chaos.World) chaos.Client {
		send := plain(w)
		return func(ctx context.Context, op chaos.Op) chaos.Claim {
			if !strings.HasSuffix(op.ID, "-foreign") {
				send(ctx, op, "")
			}
			return chaos.Done
		}
	})
	assert.Equal(t, 50, r.Executions)
	assert.Equal(t, 50, r.Lies)
}

func TestRunGivesEachCallADeadline(t *testing.T) {
	waiting := func(*chaos.World) chaos.Client {
		return func(ctx context.Context, _ chaos.Op) chaos.Claim {
			start := time.Now()
			<-ctx.Done()
			assert.Equal(t, time.Minute, time.Since(start))
			return chaos.NotSent
		}
	}
	r := run(t, 1, chaos.Config{}, chaos.Load{Operations: 5, Deadline: time.Minute}, waiting)
	assert.Equal(t, 5, r.NotSent)
}

func TestBlueSnapRulesAnswerWithATransaction(t *testing.T) {
	in(t, chaos.Config{Rules: chaos.BlueSnapRules(12 * time.Hour)}, func(t *testing.T, w *chaos.World) {
		first, second := chaos.NewOp(chaos.Keyed, "op-1"), chaos.NewOp(chaos.Keyed, "op-2")
		ids := map[uint32]bool{}
		for _, op := range []chaos.Op{first, second} {
			var said struct {
				TransactionID  uint32 `json:"transactionId"`
				SoftDescriptor string `json:"softDescriptor"`
			}
			body := plain(w)(t.Context(), op, "key-"+op.ID).body
			require.NoError(t, json.Unmarshal([]byte(body), &said))
			assert.Equal(t, op.ID, said.SoftDescriptor)
			assert.NotContains(t, body, "object", "the vendor tags nothing")
			ids[said.TransactionID] = true
		}
		assert.Len(t, ids, 2)
		assert.NotContains(t, ids, uint32(0))
	})
}
