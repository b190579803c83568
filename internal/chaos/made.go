package chaos

import (
	"encoding/json"
	"net/http"
	"time"
)

// MadePath returns the path of the list that shows what an operation has made,
// as a vendor's list of one client's bookings or credits does: a page with an
// item for each execution, which has the time by the server's clock. The list
// is read over the same network, and the same faults strike it.
func MadePath(op string) string { return "/made/" + op }

// Made is the list at [MadePath].
type Made struct {
	Object string     `json:"object"`
	Data   []MadeItem `json:"data"`
}

// MadeItem is one execution in a [Made].
type MadeItem struct {
	Object  string `json:"object"`
	Created int64  `json:"created"` // milliseconds since 1970, by the server's clock
}

func (x *exchange) made([]byte) (response, bool) {
	time.Sleep(x.waitAt(SlowBefore) + x.waitAt(SlowAfter))
	if x.failsAfter() {
		return x.fail(), true
	}
	list := Made{Object: "list", Data: []MadeItem{}}
	for _, e := range x.sim.Ledger.Executions(x.op) {
		list.Data = append(list.Data, MadeItem{Object: "thing", Created: e.At.UnixMilli()})
	}
	x.note("listed")
	body, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings and numbers
	}
	return x.success(http.StatusOK, body), true
}
