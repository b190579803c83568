package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/internal/memnet"
)

// A server that sends one response more than it was asked for leaves it in the client's connection, where the next
// request on it takes it for its own. net/http closes an idle connection on which something arrives; it does not when
// the next request has the connection already and its own goroutine has not yet run. That moment is the one modelled
// here: the bytes are there after the request was accepted, and before its first byte is written.

// extra is a response that lies in a connection.
type extra struct {
	server *memnet.Conn
	text   string
}

// injectExtra answers, and leaves a second response in the connection: the same once more, or a refusal.
func (v *visit) injectExtra(a answer) {
	second := a
	if v.from.fault.Variant%3 == 2 {
		second = v.say(classFull)
	}
	second = second.with("Date", v.now.UTC().Format(http.TimeFormat))
	maps.Copy(v.w.Header(), http.Header{"Content-Length": {strconv.Itoa(len(a.body))}})
	v.write(a)
	client := clientEnd(v.r)
	v.world.mu.Lock()
	defer v.world.mu.Unlock()
	v.world.extras[client.LocalAddr().String()] = extra{
		server: client.Peer(),
		text:   second.head(fmt.Sprintf("Content-Length: %d", len(second.body))) + string(second.body),
	}
}

// deliverExtra puts the response that lies in a connection, known by the client's address, before the client, and
// leaves it a moment to read it.
func (w *World) deliverExtra(addr string) {
	w.mu.Lock()
	e, ok := w.extras[addr]
	delete(w.extras, addr)
	op := w.users[addr]
	w.mu.Unlock()
	if !ok {
		return
	}
	w.Ledger.note(op, sideNetwork, "a response to another request arrives")
	e.server.SetDelay(0)
	_, _ = e.server.Write([]byte(e.text))
	e.server.SetDelay(latency)
	time.Sleep(time.Millisecond)
}
