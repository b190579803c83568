package profiles

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// Rule is one branch of a vendor's classifier. It fits a response with a status
// from 300 on that meets all of its conditions; zero conditions are met.
type Rule struct {
	Status int // the status; 4 or 5: any of that hundred
	// Header is a header that the response has, Value one that it equals, but
	// for case, blanks, and parameters after a semicolon. An empty Value is any.
	Header, HeaderValue string
	// Member is the path of a member of the JSON body that is not empty: names
	// with dots between, "*" for any name. A list is searched in each item.
	// MemberValue is what it equals; empty: any.
	Member, MemberValue string

	Signal idem.Signal // what such a response means
	Basis  Basis       // what the rule rests on
	Source string      // the page's URL
	Claim  string      // what the source states
}

// errorsHave is the last rule of a vendor: what has the member is an error of the
// API itself.
func errorsHave(member string, basis Basis, source, claim string) Rule {
	return Rule{Member: member, Signal: idem.SignalError, Basis: basis, Source: source, Claim: claim}
}

func (r Rule) fits(status int, h http.Header, doc document) bool {
	return (r.Status == 0 || r.Status == status || r.Status == status/100) &&
		(r.Header == "" || headerIs(h.Get(r.Header), r.HeaderValue)) &&
		(r.Member == "" || doc.has(r.Member, r.MemberValue))
}

func headerIs(got, want string) bool {
	got, _, _ = strings.Cut(got, ";")
	got = strings.TrimSpace(got)
	return got != "" && (want == "" || strings.EqualFold(got, want))
}

// classifier returns the classifier that goes by the rules. A success is not
// classified: the row proves whose it is.
func classifier(rules []Rule) func(int, http.Header, []byte) idem.Signal {
	return func(status int, h http.Header, body []byte) idem.Signal {
		if status < http.StatusMultipleChoices {
			return idem.SignalNone
		}
		doc := parse(body)
		for _, r := range rules {
			if r.fits(status, h, doc) {
				return r.Signal
			}
		}
		return idem.SignalNone
	}
}

// codeAt returns what finds the first code at one of the paths. Anything but a
// short word is none.
func codeAt(paths []string) func(int, []byte) string {
	return func(_ int, body []byte) string {
		doc := parse(body)
		for _, path := range paths {
			for _, text := range doc.texts(path) {
				if isCode(text) {
					return text
				}
			}
		}
		return ""
	}
}

const longestCode = 64

func isCode(s string) bool {
	if s == "" || len(s) > longestCode {
		return false
	}
	digits := 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c != '_' && c != '-' && c != '.' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z'):
			return false
		}
	}
	return digits < 10 // more may be an account's or a card's number
}

// String returns the rule's conditions.
func (r Rule) String() string {
	var parts []string
	switch {
	case r.Status >= 100:
		parts = append(parts, fmt.Sprint(r.Status))
	case r.Status > 0:
		parts = append(parts, fmt.Sprintf("%dxx", r.Status))
	}
	if r.Header != "" {
		parts = append(parts, strings.TrimSuffix(r.Header+": "+r.HeaderValue, ": "))
	}
	if r.Member != "" {
		parts = append(parts, strings.TrimSuffix(r.Member+" = "+r.MemberValue, " = "))
	}
	return strings.Join(parts, ", ")
}
