package calls

import (
	"context"
	"iter"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
)

// method calls a method of a service with the command line's arguments. C is
// the vendor's client, O its call options, R its responses. The functions below
// make a method of each form that the services' methods have.
type method[C, O, R any] func(ctx context.Context, client C, in *input, opts []O) (any, R, error)

func byID[C, S, O, R, T any, ID ~string](
	service func(C) S, call func(S, context.Context, ID, ...O) (T, R, error),
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		return call(service(client), ctx, ID(in.args[0]), opts...)
	}
}

func byParams[C, S, O, R, T, P any](
	service func(C) S, call func(S, context.Context, P, ...O) (T, R, error),
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		params, err := decode[P](in)
		if err != nil {
			return failed[R](err)
		}
		return call(service(client), ctx, params, opts...)
	}
}

func byIDAndParams[C, S, O, R, T, P any, ID ~string](
	service func(C) S, call func(S, context.Context, ID, P, ...O) (T, R, error),
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		params, err := decode[P](in)
		if err != nil {
			return failed[R](err)
		}
		return call(service(client), ctx, ID(in.args[0]), params, opts...)
	}
}

func byDocument[C, S, O, R any](
	service func(C) S, call func(S, context.Context, []byte, ...O) (*bluesnap.Document, R, error),
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		d, resp, err := call(service(client), ctx, in.document, opts...)
		return (*document)(d), resp, err
	}
}

func byIDAndDocument[C, S, O, R any, ID ~string](
	service func(C) S, call func(S, context.Context, ID, []byte, ...O) (*bluesnap.Document, R, error),
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		d, resp, err := call(service(client), ctx, ID(in.args[0]), in.document, opts...)
		return (*document)(d), resp, err
	}
}

// whole is a list that has no pages.
func whole[C, S, O, R, T any](
	service func(C) S, call func(S, context.Context, ...O) (*bardge.List[T], R, error),
) method[C, O, R] {
	return func(ctx context.Context, client C, _ *input, opts []O) (any, R, error) {
		list, resp, err := call(service(client), ctx, opts...)
		return newPage(list), resp, err
	}
}

// paged is a list of which one page is read, or as many as there are.
func paged[C, S, O, R, T, P any](
	service func(C) S,
	one func(S, context.Context, P, ...O) (*bardge.List[T], R, error),
	all func(S, context.Context, P, ...O) iter.Seq2[*T, error],
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		params, err := decode[P](in)
		if err != nil {
			return failed[R](err)
		}
		if in.pages() {
			var none R
			items, err := collect(all(service(client), ctx, params, opts...), in.limit)
			return items, none, err
		}
		list, resp, err := one(service(client), ctx, params, opts...)
		return newPage(list), resp, err
	}
}

// pagedByID is paged for a list of what has an id.
func pagedByID[C, S, O, R, T, P any, ID ~string](
	service func(C) S,
	one func(S, context.Context, ID, P, ...O) (*bardge.List[T], R, error),
	all func(S, context.Context, ID, P, ...O) iter.Seq2[*T, error],
) method[C, O, R] {
	return func(ctx context.Context, client C, in *input, opts []O) (any, R, error) {
		id := ID(in.args[0])
		return paged(service,
			func(s S, ctx context.Context, params P, opts ...O) (*bardge.List[T], R, error) {
				return one(s, ctx, id, params, opts...)
			},
			func(s S, ctx context.Context, params P, opts ...O) iter.Seq2[*T, error] {
				return all(s, ctx, id, params, opts...)
			})(ctx, client, in, opts)
	}
}

func failed[R any](err error) (any, R, error) {
	var none R
	return nil, none, err
}
