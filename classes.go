package bardge

import (
	"context"
	"iter"
)

// ClassesService lists classes and their dates.
type ClassesService service

// ListCategories returns all categories of classes. The path is inferred.
//
// Operation ListClassCategories, class safe.
func (s *ClassesService) ListCategories(
	ctx context.Context, opts ...CallOption,
) (*List[ClassCategory], *Response, error) {
	return call(ctx, s.client, newListClassCategoriesRequest(), parseListClassCategoriesResponse, opts)
}

// List returns one page of the classes, without their instances.
//
// Operation ListClasses, class safe.
func (s *ClassesService) List(
	ctx context.Context, params ListClassesParams, opts ...CallOption,
) (*List[Class], *Response, error) {
	return call(ctx, s.client, newListClassesRequest(params), parseListClassesResponse, opts)
}

// All yields every class from params on, in pages of Limit, until the first
// error. EndingBefore is an [InvalidError].
//
// Operation ListClasses, class safe.
func (s *ClassesService) All(
	ctx context.Context, params ListClassesParams, opts ...CallOption,
) iter.Seq2[*Class, error] {
	return paginate(ctx, params, s.List, opts)
}

// Get returns a class with its instances. The path is inferred.
//
// Operation GetClass, class safe. Errors: [ErrNotFound].
func (s *ClassesService) Get(ctx context.Context, id string, opts ...CallOption) (*Class, *Response, error) {
	return call(ctx, s.client, newGetClassRequest(id), parseGetClassResponse, opts)
}
