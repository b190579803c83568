package sandbox

import (
	"bytes"
	"encoding/json"
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

// Plant makes what a seed describes, as [New] does, and returns a seed of that.
func Plant(seed []byte, account string) (exported []byte, err error) {
	now := func() time.Time { return time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC) }
	w, err := newWorld(fakeserver.Settings{Now: now, Seed: seed, Accounts: []fakeserver.NewAccount{{Name: account}}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(w.exported())
}
