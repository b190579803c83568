package chaos

import (
	"encoding/json"
	"net"
	"strings"
)

// The client of a whole API can take part too, although its requests do not
// name an operation in their path: a POST to any path but the model's own is
// the keyed operation of the call for which the connection was handed out.

// ownPaths are the paths that end in the operation's id.
var ownPaths = []string{"/do/", "/cancel/", "/unguarded/", "/read/", "/made/", "/resource/", "/resources/"}

// assignConn records for which operation's call a connection, known by the
// client's address, was handed out.
func (s *Simulation) assignConn(conn net.Addr, op string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[conn.String()] = op
}

func (s *Simulation) operationOf(path string, conn net.Addr) string {
	for _, own := range ownPaths {
		if id, ok := strings.CutPrefix(path, own); ok {
			return id
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[conn.String()]
}

// wellFormed reports whether the body names the operation that the path names.
// The body of another API's request must be valid JSON.
func (x *exchange) wellFormed(body []byte) bool {
	if x.r.PathValue("op") == "" {
		return json.Valid(body)
	}
	var named struct {
		Operation string `json:"operation"`
	}
	return json.Unmarshal(body, &named) == nil && named.Operation == x.op
}
