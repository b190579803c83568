package sendonce

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go/idem/internal/clock"
	"github.com/bardge/bardge-go/internal/memnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type counter struct {
	begun, late atomic.Int64
	closed      atomic.Bool
	others      atomic.Bool // may have been executed
	clock       clock.Clock // read by each check
}

func (c *counter) Begin(clock.Timestamp) { c.begun.Add(1) }
func (c *counter) Late(clock.Timestamp)  { c.late.Add(1) }
func (c *counter) Only() bool            { return !c.others.Load() }

func (c *counter) Check(read func(clock.Clock) clock.Timestamp) error {
	read(c.clock)
	if c.closed.Load() {
		return ErrTooLate
	}
	return nil
}

const limit = 15 * time.Second

type sending struct {
	session *Session
	gate    counter
	method  string // POST, unless set
	body    string
	checked bool
	request Request // the rest of it
}

func (s *sending) send(ctx context.Context, to string) (e Evidence) {
	u, err := url.Parse(to)
	if err != nil {
		panic(err)
	}
	s.request.URL, s.request.Body = u, []byte(s.body)
	if s.request.Method = s.method; s.method == "" {
		s.request.Method = http.MethodPost
	}
	s.request.Header = http.Header{"Idempotency-Key": {"key"}} // which net/http takes for leave to send it again
	sender := Sender{Session: s.session, Gate: &s.gate}
	defer sender.Close()
	var a Attempt
	a.Begin(ctx, &sender, s.session.clock.Now(), limit, s.checked)
	a.Send(&s.request, &e)
	return e
}

const maxBody = 1000

func over(t *testing.T, to string, rt http.RoundTripper) Evidence {
	t.Helper()
	s := sending{session: NewSession(rt, clock.Clock{}, maxBody), body: `{"a":1}`}
	defer s.session.CloseIdleConnections()
	return s.send(t.Context(), to)
}

type world struct {
	*Session

	url      string
	listener *memnet.Listener
	hits     atomic.Int64
}

func (w *world) post(t *testing.T) Evidence {
	t.Helper()
	s := sending{session: w.Session, body: `{"a":1}`}
	return s.send(t.Context(), w.url)
}

func (w *world) get(t *testing.T) Evidence {
	t.Helper()
	s := sending{session: w.Session, method: http.MethodGet, request: Request{ReadOnly: true}}
	return s.send(t.Context(), w.url)
}

func inWorld(t *testing.T, handle http.HandlerFunc, f func(t *testing.T, w *world), change ...func(*http.Transport)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{listener: memnet.Listen()}
		server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			w.hits.Add(1)
			handle(rw, r)
		})}
		done := make(chan struct{})
		go func() {
			_ = server.Serve(w.listener)
			close(done)
		}()
		rt := &http.Transport{DialContext: w.listener.DialContext}
		for _, c := range change {
			c(rt)
		}
		w.Session = NewSession(rt, clock.Clock{}, maxBody)
		w.url = "http://" + w.listener.Addr().String() + "/op"
		f(t, w)
		w.CloseIdleConnections()
		_ = server.Close()
		<-done
	})
}

type untracked struct{ *http.Transport }

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func script(steps ...http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) { steps[min(int(n.Add(1)), len(steps))-1](w, r) }
}

func lose(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func listening(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

func writes(c net.Conn, pieces ...string) {
	for _, p := range pieces {
		_, _ = io.WriteString(c, p)
	}
}

func quiet(t *testing.T) {
	t.Helper()
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
}

func overTLS(t *testing.T, change func(*tls.Config), f func(to string, trusting *http.Transport, protos *atomic.Value)) {
	t.Helper()
	var proto atomic.Value
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto.Store(r.Proto)
		says(http.StatusOK, `{}`)(w, r)
	}))
	s.EnableHTTP2 = true
	s.TLS = &tls.Config{}
	change(s.TLS)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are the point
	s.StartTLS()
	defer s.Close()
	f(s.URL, s.Client().Transport.(*http.Transport), &proto)
}
