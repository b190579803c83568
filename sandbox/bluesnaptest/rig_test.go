package bluesnaptest_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

const (
	keyHeader = "Idempotency-Key"
	root      = "/services/2"
	jsonType  = "application/json"
	xmlType   = "application/xml"
)

// rig is a sandbox and a client that sends each request exactly once, as the
// vendor's pages define it.
type rig struct {
	*testing.T
	*bluesnaptest.Sandbox

	client *http.Client
	header http.Header
}

func inBubble(t *testing.T, f func(g *rig), opts ...fakeserver.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(newRig(t, bluesnaptest.Start(t, opts...)))
	})
}

// bubbleTest is inBubble as a subtest.
func bubbleTest(f func(g *rig), opts ...fakeserver.Option) func(*testing.T) {
	return func(t *testing.T) { inBubble(t, f, opts...) }
}

func newRig(t *testing.T, sb *bluesnaptest.Sandbox) *rig {
	t.Helper()
	// A request on a connection of its own is sent once; on a reused one
	// net/http may send it again.
	transport := sb.Client().Transport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return &rig{T: t, Sandbox: sb, client: &http.Client{Transport: transport}, header: http.Header{
		"Authorization": {basic(sb.Username, sb.Password)}, "Content-Type": {jsonType}, "Accept": {jsonType},
	}}
}

func basic(username, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
}

func (g *rig) with(name, value string) *rig {
	other := *g
	other.header = g.header.Clone()
	other.header.Set(name, value)
	if value == "" {
		other.header.Del(name)
	}
	return &other
}

func (g *rig) key(key string) *rig { return g.with(keyHeader, key) }

func (g *rig) xml() *rig { return g.with("Content-Type", xmlType).with("Accept", xmlType) }

// reply is the response, or the error of sending or of reading it.
type reply struct {
	*rig

	status int
	header http.Header
	body   string
	err    error
}

func (g *rig) send(method, path, body string) reply {
	g.Helper()
	request, err := http.NewRequestWithContext(g.Context(), method, g.URL+root+path, strings.NewReader(body))
	require.NoError(g, err)
	request.Header = g.header
	response, err := g.client.Do(request)
	if err != nil {
		return reply{rig: g, err: err}
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return reply{rig: g, status: response.StatusCode, header: response.Header, body: string(read), err: err}
}

func (g *rig) post(path, body string) reply { g.Helper(); return g.send(http.MethodPost, path, body) }

func (g *rig) get(path string) reply { g.Helper(); return g.send(http.MethodGet, path, "") }

// pay is a card payment that succeeds.
func (g *rig) pay() reply { g.Helper(); return g.post("/transactions", payment("11.00")) }

// payment is the example of the vendor's page, with an amount.
func payment(amount string) string {
	return `{"cardTransactionType":"AUTH_CAPTURE","softDescriptor":"DescTest","amount":"` + amount + `","currency":"USD",
		"cardHolderInfo":{"firstName":"test first name","lastName":"test last name","zip":"123456"},
		"creditCard":{"cardNumber":"4263982640269299","securityCode":"837","expirationMonth":"02","expirationYear":"2023"}}`
}

// made expects a response with a status and a JSON object.
func (r reply) made(status int) map[string]any {
	r.Helper()
	require.NoError(r, r.err)
	require.Equal(r, status, r.status, r.body)
	assert.True(r, r.says(jsonType))
	var object map[string]any
	require.NoError(r, json.Unmarshal([]byte(r.body), &object))
	return object
}

func (r reply) says(contentType string) bool { return r.header.Get("Content-Type") == contentType }

// without expects a response with a status and no body.
func (r reply) without(status int) {
	r.Helper()
	require.NoError(r, r.err)
	require.Equal(r, status, r.status, r.body)
	assert.Empty(r, r.body)
	assert.Empty(r, r.header.Get("Content-Type"))
}

// madeID returns the last part of the response's Location, which must be on
// this server.
func (r reply) madeID() string {
	r.Helper()
	location := r.header.Get("Location")
	require.True(r, strings.HasPrefix(location, r.URL+root+"/"), location)
	return location[strings.LastIndexByte(location, '/')+1:]
}

// refused expects the vendor's error object.
func (r reply) refused(status int, code, name string) {
	r.Helper()
	require.NoError(r, r.err)
	require.Equal(r, status, r.status, r.body)
	type message struct {
		Name        string `json:"errorName"   xml:"error-name"`
		Code        string `json:"code"        xml:"code"`
		Description string `json:"description" xml:"description"`
	}
	var shown struct {
		XMLName  xml.Name  `json:"-"       xml:"http://ws.plimus.com messages"`
		Messages []message `json:"message" xml:"message"`
	}
	if r.says(xmlType) {
		require.NoError(r, xml.Unmarshal([]byte(r.body), &shown), r.body)
	} else {
		require.NoError(r, json.Unmarshal([]byte(r.body), &shown), r.body)
	}
	require.Len(r, shown.Messages, 1)
	assert.Equal(r, code, shown.Messages[0].Code)
	assert.Equal(r, name, shown.Messages[0].Name)
	assert.NotEmpty(r, shown.Messages[0].Description)
	assert.True(r, slices.ContainsFunc(r.Control().Lines(fakeserver.Match{Status: status}, 0).Lines,
		func(line fakeserver.Line) bool { return line.Code == code }), "the ledger has the code")
}

// results returns the ledger's results of an operation's requests.
func (g *rig) results(op bluesnaptest.Operation) []fakeserver.Result {
	var all []fakeserver.Result
	for _, entry := range g.Ledger() {
		if entry.Operation == op {
			all = append(all, entry.Result)
		}
	}
	return all
}

// text returns a field of an object that holds an id, as text or as a number.
func text(object map[string]any, name string) string {
	if number, ok := object[name].(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(object[name])
}
