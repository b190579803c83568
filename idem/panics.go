package idem

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptrace"
	"reflect"
	"sync/atomic"
)

// panics contains the panics of hooks that only observe, and of the journal
// where no call waits for it (R39).
type panics struct {
	logger   *slog.Logger // nil: package log's
	reported atomic.Bool
}

// contain is deferred.
func (p *panics) contain(hook string) {
	if v := recover(); v != nil {
		p.report(hook, v)
	}
}

// report names the hook and the type of its panic, once for each engine, but
// not the value, which may hold anything.
func (p *panics) report(hook string, v any) {
	if p.reported.Swap(true) {
		return
	}
	text := "idem: a panic was contained, later ones are not reported: " + hook + ", " + fmt.Sprintf("%T", v)
	logged := false
	defer func() {
		if !logged { // the logger may be what panics
			_ = recover()
			log.Print(text)
		}
	}()
	if p.logger != nil {
		p.logger.LogAttrs(context.Background(), slog.LevelError, text)
		logged = true
	}
}

// containTrace returns ctx with the caller's trace hooks contained: net/http
// calls some of them on goroutines of its own, where a panic would end the
// process.
func (p *panics) containTrace(ctx context.Context) context.Context {
	if t := httptrace.ContextClientTrace(ctx); t != nil {
		return &tracedContext{Context: ctx, raw: t, contained: p.containHooks(t)}
	}
	return ctx
}

// tracedContext hides the trace of a context behind its contained form.
type tracedContext struct {
	context.Context //nolint:containedctx // it is one
	raw, contained  *httptrace.ClientTrace
}

func (c *tracedContext) Value(key any) any {
	v := c.Context.Value(key)
	if t, ok := v.(*httptrace.ClientTrace); ok && t == c.raw {
		return c.contained
	}
	return v
}

// containHooks returns the trace with each of its hooks contained. One that
// panics is taken for one that returned zero.
func (p *panics) containHooks(t *httptrace.ClientTrace) *httptrace.ClientTrace {
	own := *t
	for _, field := range reflect.ValueOf(&own).Elem().Fields() {
		if field.Kind() != reflect.Func || field.IsNil() {
			continue
		}
		kind, theirs := field.Type(), reflect.ValueOf(field.Interface())
		field.Set(reflect.MakeFunc(kind, func(in []reflect.Value) (out []reflect.Value) {
			for result := range kind.Outs() {
				out = append(out, reflect.Zero(result))
			}
			defer p.contain("hook of a trace")
			return theirs.Call(in)
		}))
	}
	return &own
}
