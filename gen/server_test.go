package gen_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

const basePath = "/v3/api/business/reseller"

type outcome struct {
	op     gen.Operation
	answer any
	err    error
}

func serve(s gen.ServerInterface, r *http.Request) (got outcome) {
	gen.Handler(s, gen.ServerOptions{
		BasePath: basePath,
		Preview:  true,
		Respond: func(_ http.ResponseWriter, _ *http.Request, op gen.Operation, answer any, err error) {
			got = outcome{op, answer, err}
		},
	}).ServeHTTP(httptest.NewRecorder(), r)
	return got
}

func TestEveryRequestReachesItsMethod(t *testing.T) {
	for _, c := range calls {
		t.Run(string(c.id), func(t *testing.T) {
			request, err := c.build()
			require.NoError(t, err)
			url := basePath + request.Path + "?" + request.Query.Encode()
			server := &recorder{}

			got := serve(server, httptest.NewRequest(request.Operation.Method, url, bytes.NewReader(request.Body)))
			require.NoError(t, got.err)
			assert.Equal(t, request.Operation, got.op)
			assert.Equal(t, c.id, server.id)
			assert.Equal(t, c.args, server.args)
			assert.NotNil(t, got.answer)
		})
	}
}

func TestServerErrorComesWithoutAnAnswer(t *testing.T) {
	full := errors.New("class full")
	got := serve(&recorder{err: full}, httptest.NewRequest(http.MethodPost, basePath+"/bookings/class", strings.NewReader(`{}`)))
	assert.Equal(t, outcome{gen.OpBookClass.Operation(), nil, full}, got)
}

func TestBadRequestsDoNotReachTheServer(t *testing.T) {
	var paramErr *wire.ParamError
	var decodeErr *wire.DecodeError
	broken := errors.New("broken pipe")
	for name, row := range map[string]struct {
		request *http.Request
		want    func(error) bool
	}{
		"a limit above 100": {
			request: httptest.NewRequest(http.MethodGet, basePath+"/passes?limit=101", nil),
			want:    func(err error) bool { return errors.As(err, &paramErr) && paramErr.Name == "limit" },
		},
		"a latitude in words": {
			request: httptest.NewRequest(http.MethodGet, basePath+"/providers?lat=north", nil),
			want:    func(err error) bool { return errors.As(err, &paramErr) && paramErr.Name == "lat" },
		},
		"both cursors": {
			request: httptest.NewRequest(http.MethodGet, basePath+"/classes?starting_after=a&ending_before=b", nil),
			want:    func(err error) bool { return errors.As(err, &paramErr) && paramErr.Name == "starting_after" },
		},
		"a body that is no object": {
			request: httptest.NewRequest(http.MethodPost, basePath+"/issued_passes", strings.NewReader(`[]`)),
			want:    func(err error) bool { return errors.As(err, &decodeErr) },
		},
		"a body that breaks": {
			request: httptest.NewRequest(http.MethodPost, basePath+"/issued_passes", iotest.ErrReader(broken)),
			want:    func(err error) bool { return errors.Is(err, broken) },
		},
		"an unknown path": {
			request: httptest.NewRequest(http.MethodGet, basePath+"/unicorns", nil),
			want:    func(err error) bool { return errors.Is(err, gen.ErrUnknownRoute) },
		},
		"an unknown method": {
			request: httptest.NewRequest(http.MethodDelete, basePath+"/passes", nil),
			want:    func(err error) bool { return errors.Is(err, gen.ErrUnknownRoute) },
		},
		"a path without the base": {
			request: httptest.NewRequest(http.MethodGet, "/passes", nil),
			want:    func(err error) bool { return errors.Is(err, gen.ErrUnknownRoute) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := &recorder{}
			got := serve(server, row.request)
			assert.True(t, row.want(got.err), "%v", got.err)
			assert.Nil(t, got.answer)
			assert.Empty(t, server.id, "no method was called")
		})
	}
}

func TestWrapGoesAroundEachOperation(t *testing.T) {
	var wrapped []gen.Operation
	handler := gen.Handler(&recorder{}, gen.ServerOptions{
		Preview: true,
		Wrap: func(op gen.Operation, _ http.Handler) http.Handler {
			wrapped = append(wrapped, op)
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Seen", string(op.ID))
				w.WriteHeader(http.StatusUnauthorized)
			})
		},
		Respond: func(http.ResponseWriter, *http.Request, gen.Operation, any, error) {
			t.Error("the wrapper did not pass the request on")
		},
	})
	assert.Equal(t, gen.Operations(), wrapped)

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/bookings/b1/cancel", nil))
	assert.Equal(t, http.StatusUnauthorized, w.Code)
	assert.Equal(t, "CancelBooking", w.Header().Get("Seen"))
}

func TestPreviewsAreUnknownUnlessAskedFor(t *testing.T) {
	for _, c := range calls {
		request, err := c.build()
		require.NoError(t, err)
		var unknown bool
		gen.Handler(&recorder{}, gen.ServerOptions{
			Respond: func(_ http.ResponseWriter, _ *http.Request, _ gen.Operation, _ any, err error) {
				unknown = errors.Is(err, gen.ErrUnknownRoute)
			},
		}).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(
			request.Operation.Method, request.Path+"?"+request.Query.Encode(), bytes.NewReader(request.Body)))
		assert.Equal(t, request.Operation.Preview, unknown, c.id)
	}
}
