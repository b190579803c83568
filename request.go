package bardge

import (
	"cmp"
	"net/url"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

type request struct {
	operation gen.Operation
	path      string         // below the base URL, escaped
	query     url.Values     // nil if there is none
	body      []byte         // JSON, nil if the operation takes none
	missing   []missingField // required fields that body lacks
	invalid   error          // why it cannot be built; nil: it is
}

// missingField is a required field of a request's body that is not set.
type missingField struct {
	name  string // in the API
	param string // in Go, such as "IssuePassParams.ClientID"
}

// requestBuilder collects a request and what is wrong with it.
type requestBuilder struct {
	request request
	query   wire.Query
}

func buildRequest(id gen.OperationID, pathValues ...string) requestBuilder {
	b := requestBuilder{request: request{operation: id.Operation()}}
	b.request.path, b.request.invalid = wire.Path(b.request.operation.Path, pathValues...)
	return b
}

func (b *requestBuilder) body(params any, missing []missingField) {
	data, err := wire.Encode(params)
	b.request.body, b.request.missing = data, missing
	b.request.invalid = cmp.Or(b.request.invalid, err)
}

// result is the request or, if it cannot be built, its operation alone.
func (b *requestBuilder) result() request {
	query, err := b.query.Values()
	if err := cmp.Or(b.request.invalid, err); err != nil {
		return request{operation: b.request.operation, invalid: err}
	}
	b.request.query = query
	return b.request
}
