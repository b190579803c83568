package bluesnaptest_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/bluesnaptest"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func serve(t *testing.T, method, path, contentType, key, body string) (*bluesnaptest.Sandbox, *httptest.ResponseRecorder) {
	t.Helper()
	sb := bluesnaptest.Start(t)
	request := httptest.NewRequest(method, root+path, strings.NewReader(body))
	request.SetBasicAuth(sb.Username, sb.Password)
	request.Header.Set("Content-Type", contentType)
	request.Header[keyHeader] = []string{key}
	recorder := httptest.NewRecorder()
	sb.Handler().ServeHTTP(recorder, request)
	return sb, recorder
}

var goodKey = regexp.MustCompile(`\A[A-Za-z0-9-]{1,64}\z`)

// FuzzKey proves that a key is honoured, rejected or ignored by the vendor's
// rules alone.
func FuzzKey(f *testing.F) {
	for _, key := range []string{"", "k", strings.Repeat("k", 65), "a b", `"k"`, "é", "\x00", "a\n", strings.Repeat("é", 65)} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		sb, r := serve(t, http.MethodPost, "/transactions", jsonType, key, payment("11.00"))
		if key == "" || goodKey.MatchString(key) {
			assert.Equal(t, http.StatusOK, r.Code, r.Body)
			assert.Equal(t, key, r.Header().Get(keyHeader))
			assert.Equal(t, 1, sb.Executed(bluesnaptest.CreateCardTransaction))
			return
		}
		assert.Equal(t, http.StatusBadRequest, r.Code, r.Body)
		assert.Regexp(t, `"code":"6010[34]"`, r.Body.String())
		assert.Zero(t, sb.Executed(bluesnaptest.CreateCardTransaction))
	})
}

// FuzzBody proves that any body gets a response in the vendor's format, that
// only one amount causes 500, that the response and the ledger agree, and that
// no response contains a card number.
func FuzzBody(f *testing.F) {
	for i, e := range endpoints {
		f.Add(uint(i), e.body)
	}
	f.Add(uint(0), payment(bluesnaptest.AmountTimedOutPaid))
	f.Add(uint(0), `{"amount":null,"vaultedShopperId":{}}`)
	f.Add(uint(13), `<order xmlns="a"><order>`)
	f.Add(uint(2), `{"amount":"99999999999999999999.00"}`)
	f.Fuzz(func(t *testing.T, which uint, body string) {
		e := endpoints[which%uint(len(endpoints))]
		contentType := jsonType
		if strings.HasPrefix(e.body, "<") {
			contentType = xmlType
		}
		sb, r := serve(t, http.MethodPost, e.path, contentType, "k", body)
		text := r.Body.String()
		switch {
		case text == "":
		case r.Header().Get("Content-Type") == jsonType:
			require.True(t, json.Valid([]byte(text)), text)
		default:
			var document struct {
				XMLName xml.Name `xml:""`
			}
			require.NoError(t, xml.Unmarshal([]byte(text), &document), text)
		}
		entry := sb.Ledger()[0]
		masked := strings.Contains(text, "PROCESSING_TIMEOUT") && entry.Result == fakeserver.ResultExecuted
		assert.Equal(t, r.Code < 300 || masked, entry.Result == fakeserver.ResultExecuted, text)
		if r.Code >= 500 {
			assert.Contains(t, body, bluesnaptest.AmountFailed)
		}
		assert.NotContains(t, text, "4263982640269299")
	})
}

// FuzzReference proves that any path gets a response, and that a reference
// finds only its own payment.
func FuzzReference(f *testing.F) {
	for _, id := range []string{"38000001", "order-0001,500001", "a,b,500001", ",", ",500001", "..", "%", "a/b", "é,500001"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		sb := bluesnaptest.Start(t)
		request := httptest.NewRequest(http.MethodGet, root+"/transactions/x", http.NoBody)
		request.URL.Path, request.URL.RawPath = root+"/transactions/"+id, ""
		request.SetBasicAuth(sb.Username, sb.Password)
		recorder := httptest.NewRecorder()
		sb.Handler().ServeHTTP(recorder, request)
		known := map[string]bool{
			sb.Seed.TransactionID: true, sb.Seed.AuthorizedID: true,
			sb.Seed.MerchantTransactionID + "," + sb.MerchantID: true, "," + sb.MerchantID: true,
		}
		if recorder.Code == http.StatusOK {
			assert.True(t, known[id], id)
		}
	})
}
