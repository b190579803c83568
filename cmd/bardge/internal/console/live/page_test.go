package live

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/internal/sandboxserver"
)

// page is the page of a sandbox in this process.
type page struct {
	*testing.T

	sandbox *sandboxserver.Server
	stop    func() // the sandbox
	ready   web.Ready
}

func newPage(t *testing.T, config sandboxserver.Config) *page {
	t.Helper()
	config.Addr = "127.0.0.1:0"
	sandbox, err := sandboxserver.Start(t.Context(), config)
	require.NoError(t, err)
	stopSandbox := serving(t, sandbox.Serve)
	t.Cleanup(sandbox.Close)
	client, err := sandbox.Client()
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	at, err := New(sandbox.Origin(), client)
	require.NoError(t, err)
	require.NoError(t, at.Check(t.Context()))
	server, err := web.Listen(t.Context(), web.Config{Sections: []web.Section{Section(at)}})
	require.NoError(t, err)
	t.Cleanup(serving(t, server.Serve))
	return &page{t, sandbox, stopSandbox, server.Ready()}
}

// serving serves until what it returns is called.
func serving(t *testing.T, serve func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx) }()
	t.Cleanup(cancel)
	return func() {
		cancel()
		assert.NoError(t, <-ended)
	}
}

func (p *page) request(ctx context.Context, path string, header ...string) *http.Response {
	p.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.ready.Origin+path, nil)
	require.NoError(p, err)
	r.Header.Set("Authorization", p.ready.Authorization)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(p, err)
	require.Equal(p, http.StatusOK, resp.StatusCode)
	p.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func (p *page) get() string {
	p.Helper()
	text, err := io.ReadAll(p.request(p.Context(), "/live").Body)
	require.NoError(p, err)
	return string(text)
}

// stream is the page's stream from an event on.
type stream struct {
	*testing.T

	lines *bufio.Scanner
	end   func()
}

func (p *page) stream(last string) *stream {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), time.Minute)
	p.Cleanup(cancel)
	var header []string
	if last != "" {
		header = []string{"Last-Event-ID", last}
	}
	return &stream{p.T, bufio.NewScanner(p.request(ctx, "/live/events", header...).Body), cancel}
}

// next returns the next event.
func (s *stream) next() (id, data string) {
	s.Helper()
	for s.lines.Scan() {
		switch text := s.lines.Text(); {
		case text == "" && data != "":
			return id, data
		case strings.HasPrefix(text, "id: "):
			id = strings.TrimPrefix(text, "id: ")
		case strings.HasPrefix(text, "data: "):
			data += strings.TrimPrefix(text, "data: ") + "\n"
		}
	}
	require.NoError(s, s.lines.Err())
	require.Fail(s, "the stream has ended")
	return "", ""
}

// A browser gets the page's parts, gets them again when they change, and after a
// pause only if they have changed.
func TestStreamGoesOnAfterTheLastEvent(t *testing.T) {
	p := newPage(t, sandboxserver.Config{})
	first := p.stream("")
	id, data := first.next()
	assert.Contains(t, data, `<hx-partial id="lanes"`)
	assert.Contains(t, data, "No request yet")
	p.sandbox.Control().Down()
	changed, data := first.next()
	assert.NotEqual(t, id, changed)
	assert.Contains(t, data, `<span class="tag bad">down</span>`)
	assert.Contains(t, data, "Attempts do not reach it meanwhile")

	second := p.stream(changed) // there is nothing new for it
	p.sandbox.Control().Up()
	_, data = second.next()
	assert.Contains(t, data, `<span class="tag good">up</span>`)
	first.end()
	second.end()

	p.sandbox.Control().Down() // while no browser looks
	third := p.stream(changed)
	for !strings.Contains(data, `<span class="tag bad">down</span>`) {
		_, data = third.next()
	}

	_, data = p.stream("of-another-start").next()
	assert.Contains(t, data, `<hx-partial id="lanes"`)
}

// A sandbox that has gone is shown in words.
func TestPageOfASandboxThatIsGone(t *testing.T) {
	p := newPage(t, sandboxserver.Config{})
	events := p.stream("")
	events.next()
	p.stop()
	assert.Contains(t, p.get(), "The sandbox cannot be read")
	_, data := events.next()
	assert.Contains(t, data, "The sandbox cannot be read")
	assert.NotContains(t, p.get(), "<button id=", "there is nothing to steer")
	assert.Equal(t, "5; url=/live", p.request(p.Context(), "/live").Header.Get("Refresh"), "it comes back by itself")
}

func TestPageOfBlueSnap(t *testing.T) {
	text := newPage(t, sandboxserver.Config{Vendor: "bluesnap"}).get()
	for _, says := range []string{
		"emulates the BlueSnap API", "<option selected>CreateCardTransaction", "Merchant id", "ShopperID", "amount_declined",
	} {
		assert.Contains(t, text, says)
	}
}

func TestAddresses(t *testing.T) {
	for address, origin := range map[string]string{
		"http://127.0.0.1:8787":                          "http://127.0.0.1:8787",
		"http://127.0.0.1:8787/_sandbox/":                "http://127.0.0.1:8787",
		"https://localhost:1/v3/api/business/reseller?x": "https://localhost:1",
		"127.0.0.1:8787":                                 "", "": "", "ftp://localhost": "", "http://": "",
	} {
		s, err := New(address, nil)
		if origin == "" {
			assert.ErrorContains(t, err, "is not the URL of a sandbox", address)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, origin, s.origin)
	}
	s, err := New("http://127.0.0.1:1", nil)
	require.NoError(t, err)
	assert.ErrorContains(t, s.Check(t.Context()), "no sandbox with a control API answers at http://127.0.0.1:1")
}

func TestPageOfASandboxWithoutAControlAPI(t *testing.T) {
	sandbox, err := sandboxserver.Start(t.Context(), sandboxserver.Config{Addr: "127.0.0.1:0", NoControl: true})
	require.NoError(t, err)
	t.Cleanup(sandbox.Close)
	t.Cleanup(serving(t, sandbox.Serve))
	s, err := New(sandbox.Origin(), nil)
	require.NoError(t, err)
	assert.ErrorContains(t, s.Check(t.Context()), "no sandbox with a control API answers")
}
