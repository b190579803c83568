package bluesnaptest

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type merchant struct{ id, username, password string }

// The merchants of the sandbox. Both use the same API; each has its own
// transactions and shoppers.
var (
	ownMerchant   = merchant{"500001", "API_sandbox_0001", "sandbox-password-0001"}
	otherMerchant = merchant{"500002", "API_sandbox_0002", "sandbox-password-0002"}
)

// admit returns the merchant that sends a request. Exactly one space separates
// the scheme and the credentials (documented).
func admit(_ *fakeserver.Call, r *http.Request) (string, *fakeserver.Response) {
	scheme, encoded, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	credentials, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return "", unauthorized(r)
	}
	for _, m := range []merchant{ownMerchant, otherMerchant} {
		if string(credentials) == m.username+":"+m.password {
			return m.id, nil
		}
	}
	return "", unauthorized(r)
}

// unauthorized is the error of authentication, with a JSON shape of its own;
// its code and name are inferred.
func unauthorized(r *http.Request) *fakeserver.Response {
	err := &apiError{http.StatusUnauthorized, "401", "UNAUTHORIZED", "The credentials are not right", ""}
	if wantsXML(r) {
		return err.answer(r)
	}
	return jsonAnswer(err.status, object{
		"errorCode": err.code, "errorName": err.name, "errorDescription": err.description,
	})
}
