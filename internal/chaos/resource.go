package chaos

import (
	"encoding/json"
	"net/http"
	"time"
)

// ResourcePath returns the path of what an operation has made: the body of its
// success, or a 404.
func ResourcePath(op string) string { return "/resource/" + op }

// ResourcesPath returns the path of the list of what was made for an operation
// under the key in the query's idempotency_key: an object with data.
func ResourcesPath(op string) string { return "/resources/" + op }

func (x *exchange) resource([]byte) (response, bool) {
	time.Sleep(x.waitAt(SlowBefore) + x.waitAt(SlowAfter))
	switch {
	case x.failsAfter():
		return x.fail(), true
	case x.sim.Ledger.Executed(x.op) == 0:
		return x.refuse(notFound), true
	}
	x.note("read")
	return x.success(http.StatusOK, x.result()), true
}

func (x *exchange) resources([]byte) (response, bool) {
	time.Sleep(x.waitAt(SlowBefore) + x.waitAt(SlowAfter))
	if x.failsAfter() {
		return x.fail(), true
	}
	data := []json.RawMessage{}
	for _, e := range x.sim.Ledger.Executions(x.op) {
		if e.Key != "" && e.Key == x.r.URL.Query().Get("idempotency_key") {
			data = append(data, x.result())
		}
	}
	x.note("listed by its key")
	body, err := json.Marshal(map[string][]json.RawMessage{"data": data})
	if err != nil {
		panic(err) // bodies of ours
	}
	return x.success(http.StatusOK, body), true
}
