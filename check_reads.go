package bardge

import (
	"context"

	"github.com/bardge/bardge-go/gen"
)

// checkRead is a read that a check sends.
type checkRead struct {
	operation gen.OperationID
	need      string // the id that it takes, by its name in CheckOptions; empty: none
	call      func(context.Context, checkCall) (*Response, error)
}

// checkCall is what a read is made with. It may keep ids for other reads.
type checkCall struct {
	*Client

	ids  *CheckOptions
	opts []CallOption
}

// checkReads lists the reads. Those that show an id for others come first.
var checkReads = []checkRead{
	{gen.OpListPasses, "", func(ctx context.Context, c checkCall) (*Response, error) {
		page, resp, err := c.Passes.List(ctx, ListPassesParams{}, c.opts...)
		return resp, keepID(&c.ids.PassID, page, err, func(p *Pass) string { return p.ID })
	}},
	{gen.OpListProviders, "", func(ctx context.Context, c checkCall) (*Response, error) {
		page, resp, err := c.Providers.List(ctx, ListProvidersParams{}, c.opts...)
		return resp, keepID(&c.ids.ProviderID, page, err, gymID)
	}},
	{gen.OpListIssuers, "", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Lookups.ListIssuers(ctx, ListIssuersParams{}, c.opts...))
	}},
	{gen.OpListClassCategories, "", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Classes.ListCategories(ctx, c.opts...))
	}},
	{gen.OpListClasses, "", func(ctx context.Context, c checkCall) (*Response, error) {
		page, resp, err := c.Classes.List(ctx, ListClassesParams{}, c.opts...)
		return resp, keepID(&c.ids.ClassID, page, err, func(k *Class) string { return k.ID })
	}},
	{gen.OpListCreditPackages, "", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Credits.ListPackages(ctx, ListCreditPackagesParams{}, c.opts...))
	}},
	{gen.OpListPassProviders, "PassID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Providers.ListForPass(ctx, c.ids.PassID, ListPassProvidersParams{}, c.opts...))
	}},
	{gen.OpListGymCopayOptions, "ProviderID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Copay.ListGymOptions(ctx, c.ids.ProviderID, ListGymCopayOptionsParams{}, c.opts...))
	}},
	{gen.OpGetClass, "ClassID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Classes.Get(ctx, c.ids.ClassID, c.opts...))
	}},
	{gen.OpGetClient, "ClientID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Clients.Get(ctx, c.ids.ClientID, c.opts...))
	}},
	{gen.OpGetClientCredits, "ClientID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Clients.Credits(ctx, c.ids.ClientID, c.opts...))
	}},
	{gen.OpListClientBookings, "ClientID", func(ctx context.Context, c checkCall) (*Response, error) {
		page, resp, err := c.Bookings.ListForClient(ctx, c.ids.ClientID, ListClientBookingsParams{}, c.opts...)
		return resp, keepID(&c.ids.BookingID, page, err, func(b *Booking) string { return b.ID })
	}},
	{gen.OpGetBookingStatus, "BookingID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.Bookings.Get(ctx, c.ids.BookingID, c.opts...))
	}},
	{gen.OpGetIssuedPass, "IssuedPassID", func(ctx context.Context, c checkCall) (*Response, error) {
		return readingOf(c.IssuedPasses.Get(ctx, c.ids.IssuedPassID, c.opts...))
	}},
}

func (o *CheckOptions) id(need string) string {
	return map[string]string{
		"ClientID": o.ClientID, "IssuedPassID": o.IssuedPassID, "PassID": o.PassID,
		"ProviderID": o.ProviderID, "ClassID": o.ClassID, "BookingID": o.BookingID,
	}[need]
}

// keepID keeps the first id of a list, unless there is one, and returns err.
func keepID[T any](at *string, page *List[T], err error, id func(*T) string) error {
	for i := 0; page != nil && *at == "" && i < len(page.Data); i++ {
		*at = id(&page.Data[i])
	}
	return err
}

// gymID returns a provider's id if it is a gym.
func gymID(p *Provider) string {
	if p.Category.Is(ProviderCategoryGym) {
		return p.ID
	}
	return ""
}

func readingOf[T any](_ *T, resp *Response, err error) (*Response, error) { return resp, err }
