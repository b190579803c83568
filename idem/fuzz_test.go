package idem

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// FuzzTable_Judge: whatever an answer holds, only the API's own success is
// done, and only the API or HTTP itself refuses.
func FuzzTable_Judge(f *testing.F) {
	for _, body := range []string{`{}`, `{"error":{"code":"already"}}`, `null`, `[`, ``, `<html>`, `{"error":1}`, "\ufeff{}"} {
		for _, status := range []int{101, 200, 204, 302, 409, 429, 500} {
			f.Add(status, body, "application/json", true)
		}
	}
	p, err := testProfile().withDefaults()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, status int, body, contentType string, mark bool) {
		s := evidence{Evidence: sendonce.Evidence{Status: status, Body: []byte(body), Header: http.Header{"Content-Type": {contentType}}}}
		if mark {
			marked(&s)
		}
		for _, class := range []Class{Safe, Keyed, Idempotent, KeyUnverified} {
			op := testOperation(class)
			j := classify(&op, &p, false, &s, known{outcome: OutcomeNotSent})
			switch j.verdict {
			case VerdictDone:
				var object map[string]json.RawMessage
				assert.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(body, "\ufeff")), &object))
				assert.Contains(t, []int{200, 201}, status)
			case VerdictResponseLost:
				assert.Contains(t, []int{200, 201}, status)
			case VerdictRejected, VerdictRejectedStored, VerdictKeyReused, VerdictAlreadyApplied:
				assert.True(t, status >= 400 && status < 500, status)
			case VerdictNothingSent:
				assert.Fail(t, "an answer proves that something was sent")
			}
		}
	})
}

// FuzzXML_Latin1: a document reads the same in Latin-1 and in UTF-8.
func FuzzXML_Latin1(f *testing.F) {
	for _, rest := range []string{"<a>\xe9</a>", "<\xe9/>", "<a>\x80</a>", "<a>", "\xff", ""} {
		f.Add([]byte(rest))
	}
	f.Fuzz(func(t *testing.T, rest []byte) {
		if bytes.Contains(rest, []byte("<?xml")) {
			return // names an encoding of its own
		}
		runes := make([]rune, len(rest))
		for i, b := range rest {
			runes[i] = rune(b)
		}
		const latin, utf = `<?xml version="1.0" encoding="ISO-8859-1"?>`, `<?xml version="1.0" encoding="UTF-8"?>`
		assert.Equal(t, isDocument([]byte(utf+string(runes))), isDocument(append([]byte(latin), rest...)))
	})
}
