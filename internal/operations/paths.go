// Package operations has the operations that a client knows: the contract's, at
// the paths that are in use, and raw ones, of which the client knows what it was
// told.
package operations

import (
	"net/url"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Paths has the path templates that replace the contract's. Of each
// operation the last is in use; the earlier ones may be in a journal.
type Paths map[gen.OperationID][]string

// Fault returns why a template is not one for the operation, or "".
func (p Paths) Fault(op gen.Operation, template string) string {
	if len(template) > maxPath || !strings.HasPrefix(template, "/") {
		return "does not begin with a slash, or is too long"
	}
	var names []string
	for segment := range strings.SplitSeq(template[1:], "/") {
		if name, ok := sdk.Placeholder(segment); ok {
			names = append(names, name)
		} else if reason := segmentFault(segment); reason != "" {
			return reason
		}
	}
	want := sdk.Placeholders(op.Path)
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		return "does not have each parameter of the contract's path once"
	}
	for _, known := range append([]string{op.Path}, p[op.ID]...) {
		if known != template && sdk.TemplatesOverlap(known, template) {
			return "may be taken for another path of the operation"
		}
	}
	return ""
}

// Check refuses two operations that may have the same path, unless both read.
func (p Paths) Check() error {
	for id := range p {
		op := id.Operation()
		for _, other := range modelled {
			read := op.Class == gen.RetryClassSafe && other.Class == gen.RetryClassSafe
			if read || other.ID == id || other.Method != op.Method {
				continue
			}
			if sdk.TemplatesOverlap(p.Template(op), p.Template(other)) {
				return sdk.OptionError("WithPath", &idem.InvalidError{
					Field: "path of " + string(id), Reason: "may be taken for the one of " + string(other.ID),
				})
			}
		}
	}
	return nil
}

var modelled = gen.Operations()

// Protected returns the operation that sends a key with such a request, if a
// class would repeat the request freely.
func (p Paths) Protected(class idem.Class, method, path string) gen.OperationID {
	if class != idem.Safe && class != idem.Idempotent {
		return ""
	}
	path = plainPath(path)
	for _, op := range modelled {
		takesKey := op.Class == gen.RetryClassKeyed || op.Class == gen.RetryClassKeyUnverified
		if takesKey && op.Method == method && sdk.PathMatches(p.Template(op), path) {
			return op.ID
		}
	}
	return ""
}

// Changing returns the operation of a request; none if it only reads.
func (p Paths) Changing(method, path string) gen.OperationID {
	for _, op := range modelled {
		reads := op.Class == gen.RetryClassSafe
		if !reads && op.Method == method && sdk.PathMatches(p.Template(op), path) {
			return op.ID
		}
	}
	return ""
}

// plainPath returns a path without a slash at its end, and without escapes that
// it does not need.
func plainPath(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, segment := range segments {
		if value, err := url.PathUnescape(segment); err == nil {
			segments[i] = url.PathEscape(value)
		}
	}
	return strings.Join(segments, "/")
}

// Template returns the path template in use.
func (p Paths) Template(op gen.Operation) string {
	if own := p[op.ID]; len(own) > 0 {
		return own[len(own)-1]
	}
	return op.Path
}

// Other returns the template that is in use in place of the contract's, or "".
func (p Paths) Other(operation string) string {
	op := gen.OperationID(operation).Operation()
	if own := p.Template(op); own != op.Path {
		return own
	}
	return ""
}

// Apply puts a request to the path in use. In a journal it is known by the
// contract's.
func (p Paths) Apply(r *idem.Request) {
	op := gen.OperationID(r.Operation.Name).Operation()
	if own := p[op.ID]; len(own) > 0 && r.Path != "" {
		r.KnownPath = r.Path
		r.Path = sdk.Repath(op.Path, own[len(own)-1], r.Path)
	}
}

// Matches reports whether a recorded request is the operation's (J14), by any of
// its paths.
func (p Paths) Matches(r idem.Request) bool {
	op := gen.OperationID(r.Operation.Name).Operation()
	return op.ID != "" && r.Method == op.Method &&
		(sdk.PathMatches(op.Path, r.Path) ||
			slices.ContainsFunc(p[op.ID], func(own string) bool { return sdk.PathMatches(own, r.Path) }))
}

// ID returns the value of the first parameter of the contract's path; "" if
// there is none.
func (p Paths) ID(r idem.Request) string {
	op := gen.OperationID(r.Operation.Name).Operation()
	for _, own := range p[op.ID] {
		if sdk.PathMatches(own, r.Path) {
			r.Path = sdk.Repath(own, op.Path, r.Path)
			break
		}
	}
	return pathID(op.Path, r.Path)
}

func pathID(template, path string) string {
	before, _, found := strings.Cut(template, "{")
	rest, fits := strings.CutPrefix(path, before)
	if !found || !fits {
		return ""
	}
	segment, _, _ := strings.Cut(rest, "/")
	id, _ := url.PathUnescape(segment)
	return id
}
