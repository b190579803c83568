package sandbox

import (
	"bytes"
	"net/http"
	"net/http/httptest"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
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
