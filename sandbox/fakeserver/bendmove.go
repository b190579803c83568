package fakeserver

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var pathParameter = regexp.MustCompile(`\{([A-Za-z0-9_]+)\}`)

func checkMove(c *bendCheck, b Bend) error {
	if b.Operation == EveryOperation {
		return errors.New("one operation moves at a time")
	}
	if !strings.HasPrefix(b.Value, "/") || strings.ContainsAny(b.Value, "?# ") {
		return fmt.Errorf("%q is no path, such as /passes/{id}", b.Value)
	}
	if b.Value == c.bent[0].Path {
		return fmt.Errorf("%q is the operation's path already", b.Value)
	}
	was, is := parameters(c.bent[0].Path), parameters(b.Value)
	if !slices.Equal(was, is) {
		return fmt.Errorf("%q must have the parameters of %q", b.Value, c.bent[0].Path)
	}
	return nil
}

func parameters(path string) []string {
	return slices.Sorted(slices.Values(pathParameter.FindAllString(path, -1)))
}

// checkRoutes returns an error if operations would be at the same path.
func checkRoutes(bends []Bend, operations []BendOperation) (err error) {
	defer func() {
		if recover() != nil { // of http.ServeMux
			err = errors.New("sandbox: bends: a path is another operation's, or is not well formed")
		}
	}()
	newRoutes(bends, "", operations, http.NotFoundHandler())
	return nil
}

// BentPath returns the path of an operation, whose own is path.
func BentPath(bends []Bend, operation, path string) string {
	for _, b := range bends {
		if b.Kind == BendMove && b.Operation == operation {
			path = b.Value
		}
	}
	return path
}

// BendRoutes wraps the handler of all operations, so that they are at the paths
// that bends have moved them to. unknown responds to requests that no operation
// serves. Without such bends it returns the handler itself.
func BendRoutes(bends []Bend, base string, operations []BendOperation, next, unknown http.Handler) http.Handler {
	if !slices.ContainsFunc(bends, func(b Bend) bool { return b.Kind == BendMove }) {
		return next
	}
	mux := newRoutes(bends, base, operations, next)
	mux.Handle("/", unknown)
	return mux
}

func newRoutes(bends []Bend, base string, operations []BendOperation, next http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	for _, operation := range operations {
		handler, path := next, BentPath(bends, operation.Name, operation.Path)
		if path != operation.Path {
			handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, movedBack(r, base+operation.Path))
			})
		}
		mux.Handle(operation.Method+" "+base+path, handler)
	}
	return mux
}

// movedBack returns a request as one for another path with the same parameters.
func movedBack(r *http.Request, path string) *http.Request {
	back := r.Clone(r.Context())
	back.URL.RawPath = pathParameter.ReplaceAllStringFunc(path, func(name string) string {
		return url.PathEscape(r.PathValue(strings.Trim(name, "{}")))
	})
	back.URL.Path, _ = url.PathUnescape(back.URL.RawPath) // it was escaped here
	return back
}
