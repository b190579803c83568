package bardge

import (
	"cmp"
	"slices"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

type request struct {
	call    idem.Call // invalid if path or body cannot be built
	query   wire.Query
	missing []missingField // required fields that the body lacks
}

// lacks reports whether a required field of this name is not set.
func (r *request) lacks(name string) bool {
	return slices.ContainsFunc(r.missing, func(f missingField) bool { return f.name == name })
}

// missingField is a required field of a request's body that is not set.
type missingField struct {
	name  string // in the API
	param string // in Go, such as "IssuePassParams.ClientID"
}

func buildRequest(id gen.OperationID, pathValues ...string) *request {
	op, r := id.Operation(), new(request)
	r.call.Request.Operation, r.call.Request.Method = rows[id], op.Method
	r.call.DecodeProves = true
	r.call.Request.Path, r.call.Invalid = wire.Path(op.Path, pathValues...)
	return r
}

func (r *request) setBody(params any, missing []missingField) {
	body, err := wire.Encode(params)
	r.call.Request.Body, r.missing, r.call.Invalid = body, missing, cmp.Or(r.call.Invalid, err)
}
