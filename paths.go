package bardge

import (
	"net/url"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/reconcile"
	"github.com/bardge/bardge-go/internal/sdk"
)

// WithPath corrects the path of an operation, such as "CancelBooking", if the
// API has another one than the contract. The template has the parameters of the
// contract's path, each once and as a whole segment, in any order:
//
//	bardge.WithPath("ListGymCopayOptions", "/gyms/{providerBranchId}/copay")
//
// What a journal has recorded keeps the path it was recorded with, and a call
// with its ref finds it: the contract's path is known in any case, and so are
// earlier ones, if they are given before the one in use. The option is for [New]
// and [NewTransport], which then recognises a request by the path in use alone.
//
// Refused are operations that the SDK does not have, and templates that may be
// taken for another path of the operation, or of another operation.
func WithPath(operation, template string) Option {
	return newOption("WithPath", func(s *settings) error {
		op := gen.OperationID(operation).Operation()
		if op.ID == "" {
			return &InvalidError{Field: "path", Reason: "is of no operation"}
		}
		if reason := s.paths.fault(op, template); reason != "" {
			return &InvalidError{Field: "path of " + operation, Reason: reason}
		}
		if s.paths == nil {
			s.paths = operationPaths{}
		}
		s.paths[op.ID] = append(s.paths[op.ID], template)
		return nil
	})
}

// operationPaths has the path templates that replace the contract's. Of each
// operation the last is in use; the earlier ones may be in a journal.
type operationPaths map[gen.OperationID][]string

// fault returns why a template is not one for the operation, or "".
func (p operationPaths) fault(op gen.Operation, template string) string {
	if len(template) > maxRawPath || !strings.HasPrefix(template, "/") {
		return "does not begin with a slash, or is too long"
	}
	var names []string
	for segment := range strings.SplitSeq(template[1:], "/") {
		if name, ok := sdk.Placeholder(segment); ok {
			names = append(names, name)
		} else if reason := rawSegmentFault(segment); reason != "" {
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

// check refuses two operations that may have the same path, unless both read.
func (p operationPaths) check() error {
	for id := range p {
		op := id.Operation()
		for _, other := range modelled {
			read := op.Class == gen.RetryClassSafe && other.Class == gen.RetryClassSafe
			if read || other.ID == id || other.Method != op.Method {
				continue
			}
			if sdk.TemplatesOverlap(p.template(op), p.template(other)) {
				return sdk.OptionError("WithPath", &InvalidError{
					Field: "path of " + string(id), Reason: "may be taken for the one of " + string(other.ID),
				})
			}
		}
	}
	return nil
}

// protected returns the operation that sends a key with such a request, if a
// class would repeat the request freely.
func (p operationPaths) protected(class idem.Class, method, path string) gen.OperationID {
	if class != idem.Safe && class != idem.Idempotent {
		return ""
	}
	path = plainPath(path)
	for _, op := range modelled {
		takesKey := op.Class == gen.RetryClassKeyed || op.Class == gen.RetryClassKeyUnverified
		if takesKey && op.Method == method && sdk.PathMatches(p.template(op), path) {
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

// template returns the path template in use.
func (p operationPaths) template(op gen.Operation) string {
	if own := p[op.ID]; len(own) > 0 {
		return own[len(own)-1]
	}
	return op.Path
}

// other returns the template that is in use in place of the contract's, or "".
func (p operationPaths) other(operation string) string {
	op := gen.OperationID(operation).Operation()
	if own := p.template(op); own != op.Path {
		return own
	}
	return ""
}

// apply puts a request to the path in use. In a journal it is known by the
// contract's.
func (p operationPaths) apply(r *idem.Request) {
	op := gen.OperationID(r.Operation.Name).Operation()
	if own := p[op.ID]; len(own) > 0 && r.Path != "" {
		r.KnownPath = r.Path
		r.Path = sdk.Repath(op.Path, own[len(own)-1], r.Path)
	}
}

// matches reports whether a recorded request is the operation's (J14), by any of
// its paths.
func (p operationPaths) matches(r idem.Request) bool {
	op := gen.OperationID(r.Operation.Name).Operation()
	return op.ID != "" && r.Method == op.Method &&
		(sdk.PathMatches(op.Path, r.Path) ||
			slices.ContainsFunc(p[op.ID], func(own string) bool { return sdk.PathMatches(own, r.Path) }))
}

// id returns the value of the first parameter of the contract's path; "" if
// there is none.
func (p operationPaths) id(r idem.Request) string {
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

func (p operationPaths) reconcilable(r idem.Request) reconcile.Operation {
	return reconcile.Operation{Name: r.Operation.Name, PathID: p.id(r), Body: r.Body}
}

// scope names what an operation may make, and reconcile may find.
func (p operationPaths) scope(r idem.Request) string { return p.reconcilable(r).Scope() }
