package fakeserver

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ViolationError is what a strict server rejects.
type ViolationError struct {
	// Name is the part of the request that is wrong.
	Name string
	// Reason is what is wrong with it.
	Reason string
}

// Error returns the name and the reason.
func (v *ViolationError) Error() string { return v.Name + " " + v.Reason }

// CheckQuery rejects a query that is malformed, or that holds an unknown or
// repeated parameter. Its errors, and the functions' below, are of type
// *[ViolationError].
func CheckQuery(r *http.Request, known []string) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &ViolationError{"query", "is not well formed"}
	}
	for name, given := range values {
		switch {
		case !slices.Contains(known, name):
			return &ViolationError{strconv.Quote(name), "is no query parameter of this operation"}
		case len(given) > 1:
			return &ViolationError{name, "is given more than once"}
		}
	}
	return nil
}

// CheckKeyHeader rejects a key that is empty or given twice, either of which
// leaves open what protects the request.
func CheckKeyHeader(r *http.Request, header string) error {
	if keys := r.Header.Values(header); len(keys) > 1 || len(keys) == 1 && keys[0] == "" {
		return &ViolationError{header, "must be given once, and not empty"}
	}
	return nil
}

// CheckContentType rejects another media type, and a charset that is not UTF-8.
// Other parameters are not compared.
func CheckContentType(r *http.Request, want string) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != want {
		return &ViolationError{"Content-Type", "must be " + want}
	}
	if charset, given := params["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return &ViolationError{"Content-Type", "must have no charset, or utf-8"}
	}
	return nil
}

// PeekBody returns the body of a request, which can still be read.
func PeekBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// PathMethods knows the methods that an API has at each path.
type PathMethods struct {
	mux     *http.ServeMux
	methods map[string][]string // by pattern
}

// NewPathMethods makes an empty table.
func NewPathMethods() *PathMethods {
	return &PathMethods{mux: http.NewServeMux(), methods: map[string][]string{}}
}

// Add adds a method at a path, a pattern of [http.ServeMux] without method.
func (m *PathMethods) Add(method, path string) {
	if m.methods[path] == nil {
		m.mux.Handle(path, http.NotFoundHandler())
	}
	if !slices.Contains(m.methods[path], method) {
		m.methods[path] = append(m.methods[path], method)
	}
}

// Of returns the methods at a request's path, nil for an unknown path.
func (m *PathMethods) Of(r *http.Request) []string {
	_, pattern := m.mux.Handler(r)
	return m.methods[pattern]
}
