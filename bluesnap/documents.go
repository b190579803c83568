package bluesnap

import "context"

// DocumentsService is the endpoints that speak XML alone. They take and return
// documents as they are, in the namespace http://ws.plimus.com. Typed
// documents are encoded first. All methods are of class keyed: sent under one
// key, repeated within its window.
type DocumentsService service

// Document is the response of an endpoint that speaks XML.
type Document struct {
	ID   ID     // what the response's Location ends in, naming what was made; empty if there is none
	Body []byte // the document; nil if the response had none
}

func (s *DocumentsService) post(
	ctx context.Context, name string, path []string, document []byte, opts []CallOption,
) (*Document, *Response, error) {
	in := callSpec{op: operations[name], path: path, xml: document}
	if len(document) == 0 {
		in.invalid = &InvalidError{Field: "document", Reason: "is empty"}
	}
	return call[Document](ctx, s.client, in, opts)
}

// PlaceBatchOrder takes a batch-order: a new shopper with an order.
//
// Operation PlaceBatchOrder, class keyed (documented). Its typed document is
// [BatchOrderDocument].
func (s *DocumentsService) PlaceBatchOrder(
	ctx context.Context, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "PlaceBatchOrder", nil, document, opts)
}

// CreateOrder takes an order of an existing shopper.
//
// Operation CreateOrder, class keyed (documented). Its typed document is
// [OrderDocument].
func (s *DocumentsService) CreateOrder(
	ctx context.Context, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "CreateOrder", nil, document, opts)
}

// CreateShopper takes a shopper.
//
// Operation CreateShopper, class keyed (documented). Its typed document is
// [ShopperDocument].
func (s *DocumentsService) CreateShopper(
	ctx context.Context, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "CreateShopper", nil, document, opts)
}

// CreateProduct takes a product. The vendor's list names its endpoint twice;
// the second may be meant for SKUs, which therefore are not offered here.
//
// Operation CreateProduct, class keyed (documented). Its typed document is
// [ProductDocument].
func (s *DocumentsService) CreateProduct(
	ctx context.Context, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "CreateProduct", nil, document, opts)
}

// CreateCustomParameter takes a custom-parameter, a field of the checkout.
//
// Operation CreateCustomParameter, class keyed (documented). Its typed document is
// [CustomParameterDocument].
func (s *DocumentsService) CreateCustomParameter(
	ctx context.Context, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "CreateCustomParameter", nil, document, opts)
}

// CreateSubscriptionCharge charges an on-demand subscription of the older kind.
//
// Operation CreateSubscriptionCharge, class keyed (documented). Its typed document is
// [SubscriptionChargeDocument].
func (s *DocumentsService) CreateSubscriptionCharge(
	ctx context.Context, subscriptionID ID, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "CreateSubscriptionCharge", []string{string(subscriptionID)}, document, opts)
}

// CreateAccountUpdater takes a batch-account-update of at most 2,000 cards. It
// is done within about a week.
//
// Operation CreateAccountUpdater, class keyed (documented). Its typed document is
// [AccountUpdateDocument].
func (s *DocumentsService) CreateAccountUpdater(
	ctx context.Context, document []byte, opts ...CallOption,
) (*Document, *Response, error) {
	return s.post(ctx, "CreateAccountUpdater", nil, document, opts)
}
