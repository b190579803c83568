package sandbox

import (
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type call struct {
	*fakeserver.Call

	token string // lookup token, if any
}

func callOf(r *http.Request) *call {
	return &call{fakeserver.CallOf(r), r.Header.Get(lookupTokenHeader)}
}
