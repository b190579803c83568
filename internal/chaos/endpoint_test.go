package chaos_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

// foreigner posts a body to a path of its own, which names no operation, and claims what the status says.
func foreigner(w *chaos.World, body string) chaos.Client {
	client := &http.Client{Transport: &http.Transport{DialContext: w.DialContext}, Timeout: 15 * time.Second}
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/things", bytes.NewBufferString(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Idempotency-Key", "key-"+op.ID)
		req.GetBody = nil
		resp, err := client.Do(req)
		switch {
		case errors.Is(err, syscall.ECONNRESET):
			return chaos.Unknown
		case err != nil:
			panic(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusCreated {
			return chaos.Rejected
		}
		return chaos.Done
	}
}

func TestEndpointBelongsToTheCallThatUsesTheConnection(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		first, second := chaos.NewOp(chaos.Keyed, "op-1"), chaos.NewOp(chaos.Keyed, "op-2")
		client := foreigner(w, `{}`)
		w.Script("op-2", chaos.Fault{Kind: chaos.ResetConn, After: true})
		assert.Equal(t, chaos.Done, w.Call(t.Context(), client, first))
		assert.Equal(t, chaos.Unknown, w.Call(t.Context(), client, second), "on the same connection")
		assert.Equal(t, chaos.Done, w.Call(t.Context(), client, second))
		assert.Equal(t, chaos.Done, w.Call(t.Context(), client, first))
		for _, op := range []chaos.Op{first, second} {
			assert.Equal(t, 1, w.Ledger.Executed(op.ID), "the key holds")
			assert.Equal(t, 2, w.Ledger.Requests(op.ID))
		}
	})
}

func TestEndpointRefusesWhatIsNotJSON(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op := chaos.NewOp(chaos.Keyed, "op")
		assert.Equal(t, chaos.Rejected, w.Call(t.Context(), foreigner(w, `{"cut":`), op))
		assert.Zero(t, w.Ledger.Executed("op"))
	})
}
