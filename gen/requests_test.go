package gen_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

func TestRequestsOfAllOperations(t *testing.T) {
	require.Len(t, calls, 30)
	for _, c := range calls {
		t.Run(string(c.id), func(t *testing.T) {
			request, err := c.build()
			require.NoError(t, err)
			assert.Equal(t, c.id.Operation(), request.Operation)
			assert.Equal(t, c.path, request.Path)
			assert.Equal(t, c.query, request.Query.Encode())
			assert.Equal(t, c.body, string(request.Body))
			assert.Equal(t, c.body == "", request.Body == nil, "no body is nil, not empty")
		})
	}
}

func TestBadInputIsRefusedNamingTheParameter(t *testing.T) {
	for name, row := range map[string]struct {
		build func() (gen.Request, error)
		param string
	}{
		"an empty id":          {with(gen.NewGetIssuedPassRequest, ""), "id"},
		"an id with a slash":   {with(gen.NewCancelBookingRequest, "b1/../b2"), "bookingId"},
		"a dot as session id":  {with2(gen.NewConfirmClassBookingRequest, "..", confirm), "sessionId"},
		"a limit above 100":    {with(gen.NewListPassesRequest, gen.ListPassesParams{Limit: 101}), "limit"},
		"a negative limit":     {with(gen.NewListPassesRequest, gen.ListPassesParams{Limit: -1}), "limit"},
		"both cursors":         {with(gen.NewListIssuersRequest, gen.ListIssuersParams{StartingAfter: "a", EndingBefore: "b"}), "starting_after"},
		"an id before a limit": {with2(gen.NewListPassProvidersRequest, "", gen.ListPassProvidersParams{Limit: 101}), "id"},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := row.build()
			assert.Equal(t, gen.Request{Operation: request.Operation}, request)
			assert.NotEmpty(t, request.Operation.ID, "an error can still name the operation")
			var paramErr *wire.ParamError
			require.ErrorAs(t, err, &paramErr)
			assert.Equal(t, row.param, paramErr.Name)
		})
	}
}
