package idem

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// A request's own credentials go by its context to where an attempt gets its
// headers, past the journal. They are in a function, so that a dump of the
// context by reflection shows none.

type contextCredentials struct{}

func withCredentials(ctx context.Context, own http.Header) context.Context {
	return context.WithValue(ctx, contextCredentials{}, func() http.Header { return own })
}

func credentialsIn(ctx context.Context) http.Header {
	own, ok := ctx.Value(contextCredentials{}).(func() http.Header)
	if !ok {
		return nil // the engine's own, such as recovery's
	}
	return own()
}

// authorizes reports whether credentials are more than cookies.
func authorizes(own http.Header) bool {
	return len(own) > 1 || len(own) == 1 && own.Get("Cookie") == ""
}

func takeCredentials(h http.Header) http.Header {
	own := http.Header{}
	for name, values := range h {
		if isCredential(name) {
			own[name] = values
			delete(h, name)
		}
	}
	return own
}

var credentialWords = []string{
	"authorization", "auth", "cookie", "key", "apikey", "token", "secret", "password", "signature", "credential",
	"credentials", "jwt",
}

// isCredential reports whether a header's name has one of these words.
func isCredential(name string) bool {
	isSeparator := func(r rune) bool { return r == '-' || r == '_' || r == '.' }
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(name), isSeparator), func(word string) bool {
		return slices.Contains(credentialWords, word)
	})
}
