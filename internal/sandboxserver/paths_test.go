package sandboxserver

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/sandboxserver/control"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// FuzzPath proves that any request line that net/http accepts gets a response
// from both vendors, and is one finished line of the ledger or belongs to the
// control API, which refuses its host.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"/v3/api/business/reseller/passes", "/x%ff%fe", "/v3/api/business/reseller/issued_passes/%ff",
		"/services/2/transactions/%ff,500001", "/_sandbox/ledger", "/%5fsandbox/%ff", "//_sandbox//", "/a/../_sandbox/x",
		"/v3/api/business/reseller/providers?limit=%ff&x", "*", "/%00", "http://evil.com/_sandbox/ledger", "/" + strings.Repeat("%ff", 300),
		"/services/2/recurring/plans/%c3%28",
	} {
		f.Add("GET", path)
		f.Add("POST", path)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		text := method + " " + path + " HTTP/1.1\r\nHost: evil.com\r\nContent-Length: 2\r\n" +
			"Content-Type: application/json\r\n\r\n{}"
		for _, vendor := range []string{"bardge", "bluesnap"} {
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
			if err != nil || r.Host != "evil.com" {
				return
			}
			tryPath(t, vendor, r)
		}
	})
}

func tryPath(t *testing.T, vendor string, r *http.Request) {
	t.Helper()
	config := Config{Vendor: vendor}
	sb, err := config.emulate(nil)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	s := &Server{sandbox: sb, listener: address{}}
	handler := s.route(&config, false)
	for _, f := range sb.credentials {
		switch f.name {
		case "api_key":
			r.Header.Set("Authorization", "Bearer "+f.value)
		case "username":
			r.SetBasicAuth(f.value, sb.credentials[1].value)
		}
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	if strings.HasPrefix(r.URL.Path, control.Prefix) {
		assert.Equal(t, http.StatusForbidden, recorder.Code)
		assert.Empty(t, s.Control().Ledger())
		return
	}
	lines := s.Control().Lines(fakeserver.Match{}, 0).Lines
	require.Len(t, lines, 1)
	assert.NotEqual(t, fakeserver.ResultPending, lines[0].Result)
	assert.Equal(t, recorder.Code, lines[0].Status)
	assert.Less(t, recorder.Code, http.StatusInternalServerError, recorder.Body)
	assert.True(t, isText(recorder), recorder.Body)
	_, err = json.Marshal(lines[0])
	assert.NoError(t, err)
}

// isText reports whether a body is what its type promises.
func isText(r *httptest.ResponseRecorder) bool {
	switch r.Header().Get("Content-Type") {
	case "application/json":
		return json.Valid(r.Body.Bytes())
	case "application/xml":
		return xml.Unmarshal(r.Body.Bytes(), new(struct{})) == nil
	default:
		return true
	}
}

// address is a listener that only has an address.
type address struct{ net.Listener }

// Addr returns it.
func (address) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8787} }
