package idem

import "context"

// ContextWithKey runs the operation of a request that carries the context under
// this key, an error's ([KeyOf]) or one of [SentKey]. It is for a [Transport]
// alone. Requests that only read take no notice of it.
func ContextWithKey(ctx context.Context, k Key) context.Context {
	return context.WithValue(ctx, contextKey{}, k)
}

// ContextWithRef names the operation of a request that carries the context, so
// that it is done once for as long as the journal remembers it; see [Call].Ref.
// It is for a [Transport] with a journal. Requests that only read take no
// notice of it. One ref names one operation: a second one of the same context,
// such as another call of an SDK, is refused with [ErrRefReused].
func ContextWithRef(ctx context.Context, ref string) context.Context {
	return context.WithValue(ctx, contextRef{}, ref)
}

type (
	contextKey struct{}
	contextRef struct{}
)

func named(ctx context.Context) (Key, string) {
	key, _ := ctx.Value(contextKey{}).(Key)
	ref, _ := ctx.Value(contextRef{}).(string)
	return key, ref
}
