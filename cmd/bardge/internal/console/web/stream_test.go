package web_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
)

// A stream is guarded as a page is, and goes on after the last event that the
// browser has.
func TestAStreamSendsEvents(t *testing.T) {
	c := start(t, false)
	assert.Equal(t, http.StatusUnauthorized, c.send(http.MethodGet, "/stream").StatusCode)
	response := c.send(http.MethodGet, "/stream", "Authorization", c.Authorization, "Last-Event-ID", "6")
	assert.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	lines := bufio.NewScanner(response.Body)
	var got []string
	for lines.Scan() && len(got) < 6 {
		got = append(got, lines.Text())
	}
	assert.Equal(t, []string{"retry: 1000", "", "id: 7", "event: seen", "data: after 6", "data: second line"}, got)
	head := c.send(http.MethodHead, "/stream", "Authorization", c.Authorization)
	assert.Equal(t, "text/event-stream", head.Header.Get("Content-Type"))
}

// The end of the console does not wait for streams: it ends them, as they end by
// themselves. A connection that is cut is an error to its reader.
func TestTheEndEndsStreams(t *testing.T) {
	server, err := web.Listen(t.Context(), web.Config{Sections: []web.Section{{Register: func(site *web.Site) {
		site.Handle("GET /stream", func(w http.ResponseWriter, r *http.Request) error {
			return site.Stream(w, r, func(ctx context.Context, _ *web.Stream) error {
				<-ctx.Done()
				return nil
			})
		})
	}}}})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx) }()
	c := &console{T: t, Ready: server.Ready()}
	response := c.send(http.MethodGet, "/stream", "Authorization", c.Authorization)
	_, err = io.ReadFull(response.Body, make([]byte, len("retry: 1000\n\n")))
	require.NoError(t, err)
	stop()
	rest, err := io.ReadAll(response.Body)
	require.NoError(t, err, "the stream has an end")
	assert.Empty(t, rest)
	require.NoError(t, <-ended)
}
