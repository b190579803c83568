package idem

import (
	"net/http/httptrace"
	"reflect"
)

// containHooks returns the trace with each of its hooks contained. One that
// panics is taken for one that returned zero.
func (p *panics) containHooks(t *httptrace.ClientTrace) *httptrace.ClientTrace {
	own := *t
	hooks := reflect.ValueOf(&own).Elem()
	for i := range hooks.NumField() {
		field := hooks.Field(i)
		if field.Kind() != reflect.Func || field.IsNil() {
			continue
		}
		kind, theirs := field.Type(), reflect.ValueOf(field.Interface())
		field.Set(reflect.MakeFunc(kind, func(in []reflect.Value) (out []reflect.Value) {
			for i := range kind.NumOut() {
				out = append(out, reflect.Zero(kind.Out(i)))
			}
			defer p.contain("hook of a trace")
			return theirs.Call(in)
		}))
	}
	return &own
}
