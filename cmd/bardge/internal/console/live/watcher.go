package live

import (
	"context"
	"crypto/rand"
	"strconv"
	"sync"
	"time"
)

const (
	restTime   = 80 * time.Millisecond // between two readings
	lookTime   = time.Second           // for what the ledger's stream does not show
	returnTime = time.Second           // after a stream that ended
)

// watcher keeps what the page shows, while at least one browser looks at it.
type watcher struct {
	sandbox *Sandbox
	render  func(snapshot) string

	wake chan struct{} // of capacity 1

	mu      sync.Mutex
	start   string // makes ids of another start differ
	version uint64
	parts   string        // as rendered last
	changed chan struct{} // closed at the next change
	viewers int
	stop    context.CancelFunc // of the goroutines; nil without a viewer
}

func newWatcher(sandbox *Sandbox, render func(snapshot) string) *watcher {
	return &watcher{
		sandbox: sandbox, render: render, wake: make(chan struct{}, 1), start: rand.Text()[:8],
		changed: make(chan struct{}),
	}
}

// join begins to watch. The caller leaves. What the first one sees is read now:
// the last one may have left long ago.
func (w *watcher) join(ctx context.Context) {
	if w.begin() {
		w.refresh(ctx)
	}
}

// begin counts a viewer, and reports whether it is the first.
func (w *watcher) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.viewers++
	if w.stop != nil {
		return false
	}
	var ctx context.Context
	ctx, w.stop = context.WithCancel(context.Background())
	go w.listen(ctx)
	go w.watch(ctx)
	return true
}

func (w *watcher) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.viewers--
	if w.viewers == 0 {
		w.stop()
		w.stop = nil
	}
}

// poke has the sandbox read soon.
func (w *watcher) poke() {
	select {
	case w.wake <- struct{}{}:
	default: // it is woken already
	}
}

// listen is woken by the ledger's stream.
func (w *watcher) listen(ctx context.Context) {
	last := ""
	for ctx.Err() == nil {
		last = w.sandbox.follow(ctx, last, w.poke)
		w.sandbox.forget()
		w.poke()
		pause(ctx, returnTime)
	}
}

// watch reads the sandbox when it is woken, and each second: an outage's end,
// the clock and requests that still run are not in the stream.
func (w *watcher) watch(ctx context.Context) {
	look := time.NewTicker(lookTime)
	defer look.Stop()
	for {
		select {
		case <-w.wake:
		case <-look.C:
		case <-ctx.Done():
			return
		}
		w.refresh(ctx)
		pause(ctx, restTime)
	}
}

func (w *watcher) refresh(ctx context.Context) {
	parts := w.render(w.sandbox.read(ctx))
	if ctx.Err() != nil {
		return // what was read was cut off
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if parts == w.parts {
		return
	}
	w.parts = parts
	w.version++
	close(w.changed)
	w.changed = make(chan struct{})
}

// now returns the parts with their id, and what is closed when they change. They
// are empty until the sandbox was read.
func (w *watcher) now() (id, parts string, changed <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.start + "-" + strconv.FormatUint(w.version, 10), w.parts, w.changed
}

// pause waits, at most until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
