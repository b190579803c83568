package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"

	"github.com/bardge/bardge-go/idem"
)

// rules are a profile's, as a server sees them. They share no code with the
// engine: the kit bears witness of both.
type rules struct {
	idem.Profile

	engine *idem.Engine // checks the profile and mints keys; it sends nothing
}

func newRules(p idem.Profile) (rules, error) {
	engine, err := idem.New(idem.Config{Profile: p, BaseURL: "https://localhost"})
	return rules{p, engine}, err
}

func (r rules) minted() string { return r.engine.NewKey().String() }

// carrier names what carries the key: a server may expect it elsewhere.
func (r rules) carrier() string {
	if r.KeyField != "" {
		return "member " + r.KeyField
	}
	return "header " + r.KeyHeader
}

// maxKeyLength is the engine's default, where a profile states no limit.
const maxKeyLength = 255

func (r rules) longest() int {
	if r.KeyMaxLength > 0 {
		return r.KeyMaxLength
	}
	return maxKeyLength
}

func (r rules) allows(key string) bool {
	foreign := func(c rune) bool { return !r.allowsByte(byte(c)) }
	return len(key) >= r.KeyMinLength && len(key) <= r.longest() && !strings.ContainsFunc(key, foreign)
}

func (r rules) allowsByte(c byte) bool {
	return c > ' ' && c < 0x7f && (r.KeyAlphabet == nil || r.KeyAlphabet(c))
}

// alphabet returns the letters and digits that the profile allows; where it
// allows none, the other characters.
func (r rules) alphabet() []byte {
	var letters, others []byte
	for c := byte('!'); c < 0x7f; c++ {
		switch isLetter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'; {
		case !r.allowsByte(c), c == '"', c == '\\': // a quoted key escapes these
		case isLetter, c >= '0' && c <= '9':
			letters = append(letters, c)
		default:
			others = append(others, c)
		}
	}
	if letters == nil {
		return others
	}
	return letters
}

func (r rules) random(n int) string {
	letters := r.alphabet()
	key := make([]byte, n)
	for i := range key {
		key[i] = letters[rand.IntN(len(letters))]
	}
	return string(key)
}

// otherThan returns a letter or digit that the profile allows, and that is not c.
func (r rules) otherThan(c byte) string {
	for _, other := range r.alphabet() {
		if other != c {
			return string(other)
		}
	}
	return ""
}

// foreign returns a visible character that is not in the profile's alphabet.
func (r rules) foreign() (string, bool) {
	for c := byte('!'); c < 0x7f; c++ {
		if !r.allowsByte(c) && c != '"' { // a quote would end a quoted key
			return string(c), true
		}
	}
	return "", false
}

// put adds a key to a request. Nothing of the caller's request changes.
func (r rules) put(request *http.Request, key string) (*http.Request, error) {
	if key == "" {
		return request, nil
	}
	request = request.Clone(request.Context())
	switch {
	case r.KeyField != "":
		return request, r.putInBody(request, key)
	case r.QuoteKey:
		key = strconv.Quote(key) // of visible ASCII alone, as RFC 8941 quotes it
	}
	request.Header.Set(r.KeyHeader, key)
	return request, nil
}

func (r rules) putInBody(request *http.Request, key string) error {
	body, err := bodyOf(request)
	if err != nil {
		return err
	}
	body, err = addMember(body, r.KeyField, key)
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return err
}

// addMember adds a member to the JSON object in body, at its front.
func addMember(body []byte, name, value string) ([]byte, error) {
	rest, isObject := bytes.CutPrefix(bytes.TrimSpace(body), []byte("{"))
	if !isObject {
		return nil, errors.New("conformance: the body is no JSON object, to which a key could be added")
	}
	member, err := json.Marshal(map[string]string{name: value})
	member = bytes.TrimSuffix(member, []byte("}"))
	if !bytes.HasPrefix(bytes.TrimSpace(rest), []byte("}")) {
		member = append(member, ',')
	}
	return append(member, rest...), err
}

func bodyOf(request *http.Request) ([]byte, error) {
	if request.Body == nil {
		return nil, nil
	}
	defer request.Body.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(request.Body, maxBody))
}

func (r rules) marks() bool { return r.Replayed != nil || r.ReplayHeader != "" }

func (r rules) replayed(a response) bool {
	if r.Replayed != nil {
		return r.Replayed(a.header)
	}
	value := strings.TrimSpace(a.header.Get(r.ReplayHeader))
	return value != "" && (r.ReplayValue == "" || strings.EqualFold(value, r.ReplayValue))
}

func (r rules) signal(a response) idem.Signal {
	if r.Classify == nil {
		return idem.SignalNone
	}
	return r.Classify(a.status, a.header, a.body)
}
