package bardge

import (
	"context"
	"iter"
)

// ClassesService lists classes and their dates. They are booked by
// [BookingsService.BookClass].
type ClassesService service

// ListCategories returns the categories of classes, which the vendor does not
// page. The path is inferred.
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

// All yields every class from params on, page by page as List reads them, until
// the first error. Limit is the page size; EndingBefore is refused with an
// [InvalidError].
//
// Operation ListClasses, class safe.
func (s *ClassesService) All(
	ctx context.Context, params ListClassesParams, opts ...CallOption,
) iter.Seq2[*Class, error] {
	return paginate(ctx, params, s.List, opts)
}

// Get returns a class with its instances. The path is inferred.
//
// Operation GetClass, class safe. Errors to check for: [ErrNotFound].
func (s *ClassesService) Get(ctx context.Context, id string, opts ...CallOption) (*Class, *Response, error) {
	return call(ctx, s.client, newGetClassRequest(id), parseGetClassResponse, opts)
}
