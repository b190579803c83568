package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// CheckIssue reports whether a request for IssuePass conforms to the contract,
// and whether its body can be read.
func CheckIssue(query string, body []byte) (strict, lenient bool) {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Content-Type", "application/json")
	op := IssuePass.Operation()
	strict = conforms(r, op, gen.RequestShapeOf(op.ID)) == nil
	_, err := wire.Decode[gen.IssuePassParams](body)
	return strict, err == nil
}

// Plant makes what a seed describes, as [New] does.
func Plant(seed []byte, account string) error {
	_, err := newWorld(fakeserver.Settings{
		Now: time.Now, Seed: seed, Accounts: []fakeserver.NewAccount{{Name: account}},
	})
	return err
}
