package chaos_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/chaos"
)

// poster sends each operation on the client's one connection and claims what the status says.
func poster(w *chaos.World, keepAlive bool) (chaos.Client, *[]seen) {
	var all []seen
	send := plainWith(w, !keepAlive)
	return func(ctx context.Context, op chaos.Op) chaos.Claim {
		got := send(ctx, op, "key-"+op.ID)
		all = append(all, got)
		switch got.status / 100 {
		case 2:
			return chaos.Done
		case 4:
			return chaos.Rejected
		}
		return chaos.Unknown
	}, &all
}

// TestFaultExtraResponseIsTakenForTheNextRequests: the response is there before a byte of that request is written.
func TestFaultExtraResponseIsTakenForTheNextRequests(t *testing.T) {
	for name, row := range map[string]struct {
		variant int
		status  int
		body    string
		lies    []chaos.Claim
	}{
		"the same once more": {0, 201, "thing-op-1", []chaos.Claim{chaos.Done}},
		"a refusal":          {2, 409, "class_full", []chaos.Claim{chaos.Rejected}},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				first, second := chaos.NewOp(chaos.Keyed, "op-1"), chaos.NewOp(chaos.Keyed, "op-2")
				w.Script("op-1", chaos.Fault{Kind: chaos.ExtraResponse, Variant: row.variant})
				client, got := poster(w, true)
				assert.Equal(t, chaos.Done, w.Call(t.Context(), client, first))
				time.Sleep(time.Second) // nothing arrives on the idle connection
				w.Call(t.Context(), client, second)
				w.Resolve()
				assert.Equal(t, row.status, (*got)[1].status)
				assert.Contains(t, (*got)[1].body, row.body)
				assert.Equal(t, row.lies, w.Ledger.Judge(second).Lies)
				assert.True(t, w.Ledger.Judge(first).OK())
				story := w.Ledger.Timeline(second)
				assert.Less(t, strings.Index(story, "a response to another request arrives"), strings.Index(story, "request 1 leaves"), story)
			})
		})
	}
}

func TestFaultExtraResponseHarmsNobodyOnConnectionsOfTheirOwn(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		client, _ := poster(w, false)
		for _, id := range []string{"op-1", "op-2"} {
			w.Script(id, chaos.Fault{Kind: chaos.ExtraResponse})
			op := chaos.NewOp(chaos.Keyed, id)
			w.Call(t.Context(), client, op)
			assert.True(t, w.Ledger.Judge(op).OK())
		}
	})
}

// TestFaultExtraResponseLeavesTwoRequestsUnderWay: the request that was given another's response is still on its way
// when the next one leaves on the connection.
func TestFaultExtraResponseLeavesTwoRequestsUnderWay(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		w.Script("op-1", chaos.Fault{Kind: chaos.ExtraResponse})
		w.Script("op-2", chaos.Fault{Kind: chaos.LateRequest, Wait: 3 * time.Second})
		client, _ := poster(w, true)
		for n := 1; n <= 3; n++ {
			w.Call(t.Context(), client, chaos.NewOp(chaos.Keyed, opID(n)))
			time.Sleep(time.Second)
		}
		w.Resolve()
		for n := 1; n <= 3; n++ {
			assert.Equal(t, 1, w.Ledger.Executed(opID(n)))
		}
	})
}

// TestBrokenA8AnExtraResponseComesLater: it cannot be distinguished from the response that was asked for.
func TestBrokenA8AnExtraResponseComesLater(t *testing.T) {
	in(t, chaos.Config{Broken: chaos.Broken{ExtraLate: true}}, func(t *testing.T, w *chaos.World) {
		first, second := chaos.NewOp(chaos.Keyed, "op-1"), chaos.NewOp(chaos.Keyed, "op-2")
		w.Script("op-1", chaos.Fault{Kind: chaos.ExtraResponse})
		client, got := poster(w, true)
		w.Call(t.Context(), client, first)
		w.Call(t.Context(), client, second)
		w.Resolve()
		assert.Contains(t, (*got)[1].body, "thing-op-1")
		assert.Equal(t, []chaos.Claim{chaos.Done}, w.Ledger.Judge(second).Lies)
		story := w.Ledger.Timeline(second)
		assert.Greater(t, strings.Index(story, "a response to another request arrives"), strings.Index(story, "request 1 leaves"), story)
	})
}
