package conformance

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/bardge/bardge-go/idem"
)

// rules are a profile's, as a server sees them.
type rules struct {
	idem.Profile

	minted func() string
}

// newRules checks the profile as the engine does.
func newRules(p idem.Profile) (rules, error) {
	_, err := idem.New(idem.Config{Profile: p, BaseURL: "https://localhost"})
	if err != nil {
		return rules{}, err
	}
	r := rules{Profile: p}
	r.minted = func() string {
		key := uuid.NewString()
		if !r.allows(key) {
			key = strings.ReplaceAll(key, "-", "")
		}
		return key
	}
	return r, nil
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
	return len(key) <= r.longest() && !strings.ContainsFunc(key, func(c rune) bool { return !r.allowsByte(byte(c)) })
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
		case !r.allowsByte(c), c == '"', c == '\\': // which end or escape a quoted key
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

// random returns a key of n letters and digits that the profile allows.
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
	request.Header.Set(r.KeyHeader, key)
	return request, nil
}

// addMember adds a member to the JSON object in body, at its front.
func addMember(body []byte, name, value string) ([]byte, error) {
	rest, isObject := bytes.CutPrefix(bytes.TrimSpace(body), []byte("{"))
	if !isObject {
		return nil, errors.New("the body is no JSON object, to which a key could be added")
	}
	member := `{"` + name + `":"` + value + `"`
	if !bytes.HasPrefix(bytes.TrimSpace(rest), []byte("}")) {
		member += ","
	}
	return append([]byte(member), rest...), nil
}

// bodyOf reads a request's body.
func bodyOf(request *http.Request) ([]byte, error) {
	if request.Body == nil {
		return nil, nil
	}
	defer request.Body.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(request.Body, maxBody))
}

// marks reports whether the profile marks replays.
func (r rules) marks() bool { return r.ReplayHeader != "" }

// replayed reports whether a response is marked as a stored one.
func (r rules) replayed(a response) bool {
	return r.marks() && strings.EqualFold(a.header.Get(r.ReplayHeader), r.ReplayValue)
}

// signal reads the vendor's words in a response.
func (r rules) signal(a response) idem.Signal {
	if r.Classify == nil {
		return idem.SignalNone
	}
	return r.Classify(a.status, a.body)
}
