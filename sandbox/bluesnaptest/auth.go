package bluesnaptest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// The merchants of every sandbox, named by their merchant ids. All merchants
// use the same API; each has its own transactions and shoppers.
const (
	ownMerchant   = "500001"
	otherMerchant = "500002"
)

// usernames are the API usernames that are not their account's name.
var usernames = map[string]string{ownMerchant: "API_sandbox_0001", otherMerchant: "API_sandbox_0002"}

func usernameOf(account string) string {
	if name, own := usernames[account]; own {
		return name
	}
	return account
}

// newRoster makes the merchants of every sandbox. Their secrets are passwords.
func newRoster() *fakeserver.Roster {
	names, passwords := 500000, 0
	r := fakeserver.NewRoster(func() string {
		names++
		return fmt.Sprint(names)
	}, func() string {
		passwords++
		return fmt.Sprintf("sandbox-password-%04d", passwords)
	})
	for range 2 { // ownMerchant and otherMerchant
		if _, err := r.Add("", ""); err != nil { // what it chooses is free
			panic(err)
		}
	}
	return r
}

// admit returns the merchant that sends a request, a disabled one too. Exactly
// one space separates the scheme and the credentials (documented).
func (w *world) admit(_ *fakeserver.Call, r *http.Request) (string, *fakeserver.Response) {
	scheme, encoded, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	credentials, err := base64.StdEncoding.DecodeString(encoded)
	username, password, ok := strings.Cut(string(credentials), ":")
	sender, known := w.FindSecret(password)
	switch {
	case err != nil || !ok || !strings.EqualFold(scheme, "Basic"),
		!known || username != usernameOf(sender.Name):
		return "", unauthorized(r)
	case sender.Disabled:
		return sender.Name, unauthorized(r)
	}
	return sender.Name, nil
}

// unauthorized is the error of authentication, with a JSON shape of its own;
// its code and name are inferred, and that a disabled account gets it.
func unauthorized(r *http.Request) *fakeserver.Response {
	err := &apiError{http.StatusUnauthorized, "401", "UNAUTHORIZED", "The credentials are not right", ""}
	if wantsXML(r) {
		return err.answer(r)
	}
	a := jsonAnswer(err.status, object{
		"errorCode": err.code, "errorName": err.name, "errorDescription": err.description,
	})
	a.Code = err.code
	return a
}
