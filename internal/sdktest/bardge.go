package sdktest

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
)

// What a scripted server of Bardge goes by.
const (
	BasePath  = "/v3/api/business/reseller"
	APIKey    = "key-of-the-reseller"
	RequestID = "req_01H8XYZABCDE"
)

// Bardge is a client of Bardge and its scripted server.
type Bardge = Scripted[*bardge.Client, bardge.Option]

// WithBardge calls f in virtual time, with a client of these options, whose
// server puts its request id on each response.
func WithBardge(t *testing.T, script Script, f func(t *testing.T, s *Bardge), opts ...bardge.Option) {
	t.Helper()
	s := &Bardge{connect: func(s *Server, opts []bardge.Option) (*bardge.Client, error) {
		return bardge.New(APIKey, append([]bardge.Option{
			bardge.WithBaseURL(s.URL() + BasePath), bardge.WithHTTPClient(&http.Client{Transport: s.Transport()}),
		}, opts...)...)
	}}
	s.run(t, script, http.Header{"Bardge-Request-Id": {RequestID}}, func(t *testing.T) { f(t, s) }, opts)
}

// BardgeTest is WithBardge as a subtest.
func BardgeTest(script Script, f func(t *testing.T, s *Bardge), opts ...bardge.Option) func(*testing.T) {
	return func(t *testing.T) { WithBardge(t, script, f, opts...) }
}

// Refuse responds with the API's error object.
func Refuse(status int, kind, code string) http.HandlerFunc {
	return Respond(status, `{"error":{"type":"`+kind+`","code":"`+code+
		`","message":"words for people","request_id":"`+RequestID+`"}}`)
}

// Essential responds with the essential fields of all operations.
var Essential = Respond(http.StatusOK, `{"id":"b1","access_code":"x2","lookup_token":"x3","session_id":"x4",`+
	`"copay_purchase_id":"x5","balance":6,"amount":7,"data":[],"provider_id":"x5","slots":[]}`)

// ErrorOf checks what every failed call owes (R21, R22) and returns its error.
func ErrorOf[T any](t *testing.T, value *T, resp *bardge.Response, err error) *bardge.Error {
	t.Helper()
	assert.Nil(t, value)
	require.NotNil(t, resp)
	var e *bardge.Error
	require.ErrorAs(t, err, &e)
	assert.Same(t, resp, e.Response)
	return e
}
