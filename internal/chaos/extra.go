package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// A server may send one response more than there were requests. It stays in the
// client's connection, and the client takes it for the response to the next
// request there. net/http closes an idle connection on which something arrives;
// it does not when the next request has the connection already and its own
// goroutine has not yet run. That moment is the one modelled here: the bytes
// are there after the request was accepted, and before its first byte is
// written.

// extra is a response that lies in a connection.
type extra struct {
	server *memnet.Conn
	text   string
}

// injectExtra responds, and leaves a second response in the connection: the
// same once more, or a refusal.
func (x *exchange) injectExtra(r response) {
	second := r
	if x.from.fault.Variant%3 == 2 {
		second = x.errorResponse(classFull)
	}
	second = second.with("Date", x.now.UTC().Format(http.TimeFormat))
	maps.Copy(x.w.Header(), http.Header{"Content-Length": {strconv.Itoa(len(r.body))}})
	x.write(r)
	client := clientEnd(x.r)
	x.sim.mu.Lock()
	defer x.sim.mu.Unlock()
	x.sim.extras[client.LocalAddr().String()] = extra{
		server: client.Peer(),
		text:   second.head(fmt.Sprintf("Content-Length: %d", len(second.body))) + string(second.body),
	}
}

// deliverExtra puts the response that lies in a connection, known by the
// client's address, before the client, and leaves it a moment to read it.
func (s *Simulation) deliverExtra(addr string) {
	s.mu.Lock()
	e, ok := s.extras[addr]
	delete(s.extras, addr)
	op := s.users[addr]
	s.mu.Unlock()
	if !ok {
		return
	}
	s.Ledger.note(op, sideNetwork, "a response to another request arrives")
	e.server.SetDelay(0)
	_, _ = e.server.Write([]byte(e.text))
	e.server.SetDelay(latency)
	time.Sleep(time.Millisecond)
}
