package sandbox

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// bendContract returns what bends are checked against, made anew each time.
func bendContract() fakeserver.BendContract {
	return fakeserver.BendContract{
		Operations: bendOperations(),
		Error:      typeShape(reflect.TypeFor[gen.ErrorResponse]()),
		Headers:    []string{requestIDHeader, replayHeader, "Content-Type", "Retry-After", "Date"},
	}
}

func bendOperations() []fakeserver.BendOperation {
	all := gen.Operations()
	list := make([]fakeserver.BendOperation, len(all))
	for i, op := range all {
		list[i] = fakeserver.BendOperation{
			Name: string(op.ID), Method: op.Method, Path: op.Path, Response: responseShape(op.ID),
		}
		if fields := gen.RequestShapeOf(op.ID).Body; fields != nil {
			list[i].Request = shapeOf(fields)
		}
	}
	return list
}

// responseShape returns the shape of an operation's success: of what its method
// of the server returns.
func responseShape(id Operation) fakeserver.Shape {
	method, found := reflect.TypeFor[gen.ServerInterface]().MethodByName(string(id))
	if !found {
		return fakeserver.Shape{}
	}
	return typeShape(method.Type.Out(0))
}

// typeShape returns the shape of a type of the contract.
func typeShape(t reflect.Type) fakeserver.Shape {
	switch t {
	case reflect.TypeFor[json.Number]():
		return fakeserver.Shape{Types: []string{"number"}}
	case reflect.TypeFor[wire.Millis](), reflect.TypeFor[wire.Seconds]():
		return fakeserver.Shape{Types: []string{"integer"}}
	}
	switch t.Kind() { //nolint:exhaustive // the contract has no others
	case reflect.Pointer:
		return typeShape(t.Elem())
	case reflect.Struct:
		return structShape(t)
	case reflect.Slice:
		items := typeShape(t.Elem())
		return fakeserver.Shape{Types: []string{"array"}, Items: &items}
	case reflect.String:
		return fakeserver.Shape{Types: []string{"string"}}
	case reflect.Bool:
		return fakeserver.Shape{Types: []string{"boolean"}}
	default:
		return fakeserver.Shape{Types: []string{"number"}}
	}
}

func structShape(t reflect.Type) fakeserver.Shape {
	shape := fakeserver.Shape{Types: []string{"object"}, Fields: map[string]fakeserver.Shape{}}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			shape.Fields[name] = typeShape(f.Type)
		}
	}
	return shape
}

// bent wraps the handler of all operations, so that they are where bends have
// moved them to.
func (w *world) bent(
	next http.Handler, respond func(http.ResponseWriter, *http.Request, gen.Operation, any, error),
) http.Handler {
	unknown := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		respond(rw, r, gen.Operation{}, nil, gen.ErrUnknownRoute)
	})
	return fakeserver.BendRoutes(w.bends, BasePath, bendOperations(), next, unknown)
}

// bentOperation wraps an operation's handler with the bends of its requests.
func (w *world) bentOperation(op gen.Operation, next http.Handler) http.Handler {
	return fakeserver.BendRequests(w.bends, string(op.ID), next,
		func(rw http.ResponseWriter, r *http.Request, err error) { respond(rw, r, op, nil, err) })
}
