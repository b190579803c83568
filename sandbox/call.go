package sandbox

import (
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// call is one request on its way through the server.
type call struct {
	*fakeserver.Call

	token string // lookup token, if any
}

// callOf returns the call that a request belongs to.
func callOf(r *http.Request) *call {
	return &call{fakeserver.CallOf(r), r.Header.Get(lookupTokenHeader)}
}
