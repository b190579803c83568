package chaos

import (
	"encoding/json"
	"net"
	"strings"
)

// The client of a whole API can take part too, although its requests do not name an operation in their path: a POST to
// any path but the model's own is the keyed operation of the call for which the connection was handed out.

// ownPaths are the paths that end in the operation's id.
var ownPaths = []string{"/do/", "/cancel/", "/unguarded/", "/read/", "/made/"}

// uses notes for which operation's call a connection, known by the client's address, was handed out.
func (w *World) uses(conn net.Addr, op string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.users[conn.String()] = op
}

// whose returns the operation that a request is about.
func (w *World) whose(path string, conn net.Addr) string {
	for _, own := range ownPaths {
		if id, ok := strings.CutPrefix(path, own); ok {
			return id
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.users[conn.String()]
}

// wellFormed reports whether the body names the operation that the path names. The body of somebody's API must be JSON
// and whole.
func (v *visit) wellFormed(body []byte) bool {
	if v.r.PathValue("op") == "" {
		return json.Valid(body)
	}
	var named struct {
		Operation string `json:"operation"`
	}
	return json.Unmarshal(body, &named) == nil && named.Operation == v.op
}
