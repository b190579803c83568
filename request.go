package bardge

import (
	"cmp"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

type request struct {
	operation gen.Operation
	path      string // below the base URL, escaped
	query     wire.Query
	body      []byte         // JSON, nil if the operation takes none
	missing   []missingField // required fields that body lacks
	invalid   error          // why path or body cannot be built; nil: they are
}

// missingField is a required field of a request's body that is not set.
type missingField struct {
	name  string // in the API
	param string // in Go, such as "IssuePassParams.ClientID"
}

func buildRequest(id gen.OperationID, pathValues ...string) request {
	r := request{operation: id.Operation()}
	r.path, r.invalid = wire.Path(r.operation.Path, pathValues...)
	return r
}

func (r *request) setBody(params any, missing []missingField) {
	body, err := wire.Encode(params)
	r.body, r.missing, r.invalid = body, missing, cmp.Or(r.invalid, err)
}
