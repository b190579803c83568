package sandbox_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox"
)

// TestHandlerOnServersOfOthers proves over real sockets that faults work on any
// net/http server.
func TestHandlerOnServersOfOthers(t *testing.T) {
	for _, row := range []struct {
		name  string
		start func(*httptest.Server)
		proto string
	}{
		{"HTTP/1.1", (*httptest.Server).Start, "HTTP/1.1"},
		{"TLS", (*httptest.Server).StartTLS, "HTTP/1.1"},
		{"HTTP/2", func(s *httptest.Server) {
			s.EnableHTTP2 = true
			s.StartTLS()
		}, "HTTP/2.0"},
	} {
		t.Run(row.name, func(t *testing.T) {
			sb := sandbox.Start(t)
			server := httptest.NewUnstartedServer(protocol(t, row.proto, sb.Handler()))
			row.start(server)
			t.Cleanup(server.Close)
			g := newRig(t, sb, server.URL+sandbox.BasePath, server.Client())

			broken := []sandbox.Fault{sandbox.Refuse, sandbox.ResetBefore, sandbox.LoseResponse}
			sb.Next(sandbox.IssuePass, broken...)
			for _, fault := range broken {
				require.Error(t, g.key("k").send(g.issue()).err, fault)
			}
			sb.Next(sandbox.IssuePass, sandbox.CutResponse)
			cut := g.key("k").send(g.issue())
			require.Error(t, cut.err)
			assert.Equal(t, http.StatusCreated, cut.status)
			whole := g.key("k").send(g.issue())
			assert.True(t, whole.replayed())
			assert.Contains(t, string(whole.body), string(cut.body))

			sb.Down()
			require.Error(t, g.send(g.issue()).err)
			sb.Up()
			read[gen.IssuedPass](g.send(g.issue()))
			assert.Equal(t, 2, sb.Executed(sandbox.IssuePass))
			assert.Equal(t, 6, sb.Requests(sandbox.IssuePass))
		})
	}
}

// protocol fails the test if a request comes in another protocol.
func protocol(t *testing.T, want string, next http.Handler) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Proto != want {
			t.Errorf("request came by %s, want %s", r.Proto, want)
		}
		next.ServeHTTP(w, r)
	})
}

func TestHandlerWithoutAConnectionAborts(t *testing.T) {
	sb := sandbox.Start(t)
	sb.Next(sandbox.ListPasses, sandbox.LoseResponse)
	request := httptest.NewRequest(http.MethodGet, sandbox.BasePath+"/passes", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+sb.APIKey)
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { sb.Handler().ServeHTTP(httptest.NewRecorder(), request) })

	recorder := httptest.NewRecorder()
	sb.Handler().ServeHTTP(recorder, request)
	body, err := io.ReadAll(recorder.Body)
	require.NoError(t, err)
	list, err := wire.Decode[gen.PassList](body)
	require.NoError(t, err)
	assert.NotEmpty(t, list.Data)
}
