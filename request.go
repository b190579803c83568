package bardge

import (
	"errors"
	"net/url"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// request is a request as plain data.
type request struct {
	operation gen.Operation
	path      string         // below the base URL, escaped
	query     url.Values     // nil if there is none
	body      []byte         // JSON, nil if the operation takes none
	missing   []missingField // required fields that body lacks
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
	err     error
}

func buildRequest(id gen.OperationID, pathValues ...string) requestBuilder {
	b := requestBuilder{request: request{operation: id.Operation()}}
	b.request.path, b.err = wire.Path(b.request.operation.Path, pathValues...)
	return b
}

func (b *requestBuilder) body(params any, missing []missingField) {
	data, err := wire.Encode(params)
	b.request.body, b.err = data, errors.Join(b.err, err)
	b.request.missing = missing
}

// result is the request, or, with an error, the operation that it would have been.
func (b *requestBuilder) result() (request, error) {
	query, err := b.query.Values()
	if err := errors.Join(b.err, err); err != nil {
		return request{operation: b.request.operation}, err
	}
	b.request.query = query
	return b.request, nil
}
