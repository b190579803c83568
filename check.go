package bardge

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/doctor"
	"github.com/bardge/bardge-go/internal/sdk"
)

// Check tries what a client's API key and network can do, without changing
// anything: it sends the reads of the API, measures latency and clocks, and
// holds each response against the contract. The report lists what is
// confirmed, what differs and what was not tried, per operation and field.
//
// An error is why the check ended early, such as an *[Error] of a refused API
// key or an unreachable server, or a rejected write's, after which the
// reads go on. The report then holds what was found, and its Problem is what is
// wrong in words. Without an error the check went through and may have found
// differences. A bad option is an *[InvalidError], and the only error without a
// report.
//
// Nothing is changed unless CheckOptions.AllowWrites names it. The report of
// such a write has its outcome and key, also together with an error: with
// [OutcomeUnknown], resume it as any other.
func Check(ctx context.Context, c *Client, o CheckOptions) (*CheckReport, error) {
	err := o.complete()
	if c == nil {
		err = &InvalidError{Field: "client", Reason: "is nil"}
	}
	if err != nil {
		return nil, sdk.Named("bardge: check", err)
	}
	gathered := new(DriftReport)
	found, err := doctor.Check(ctx, c.reportingTo(gathered).checkPlan(o, gathered))
	return newCheckReport(found, gathered), err
}

// CheckOptions describes what [Check] sends. The zero value sends the reads
// that need no id, and those for which a list has shown one.
type CheckOptions struct {
	// The ids of the account's own resources; empty: operations that need such
	// an id are not tried, unless a list shows one (a pass package, a gym, a
	// class).
	ClientID     string // a client's: its profile, credits and bookings are read
	IssuedPassID string // an issued pass's
	PassID       string // a pass package's; else the first of ListPasses
	ProviderID   string // a gym's; else the first of ListProviders
	ClassID      string // a class's; else the first of ListClasses
	BookingID    string // a booking's

	// Samples is how often each operation is sent. Zero is 3, the most 20.
	Samples int
	// CallTimeout bounds each call. Zero is 10 s.
	CallTimeout time.Duration
	// Timeout bounds the reads together; what is left then is not tried. Zero
	// is 60 s. A write may add twice 30 s.
	Timeout time.Duration

	// AllowWrites names the operations that may change something. Only
	// IssuePass is accepted: it issues the one pass of IssuePass, for which the
	// vendor may charge, and sends the same request again under the same key,
	// to see the replay mark. Empty, the default: nothing is changed.
	AllowWrites []string
	IssuePass   IssuePassParams // the pass to be issued; only with AllowWrites
	// Key is the pass's key, for a caller that stores it before it is sent. Zero
	// is a new one, which only the report has.
	Key Key
}

const (
	checkSamples     = 3
	checkMaxSamples  = 20
	checkCallTimeout = 10 * time.Second
	checkTimeout     = time.Minute
	// checkWriteTimeout bounds each request of a write with its repetitions, so
	// that both are sent while the server remembers the key.
	checkWriteTimeout = 30 * time.Second
)

// complete fills in the defaults, and refuses what cannot be done.
func (o *CheckOptions) complete() error {
	if field, reason := o.invalid(); field != "" {
		return &InvalidError{Field: "CheckOptions." + field, Reason: reason}
	}
	o.Samples = cmp.Or(o.Samples, checkSamples)
	o.CallTimeout = cmp.Or(o.CallTimeout, checkCallTimeout)
	o.Timeout = cmp.Or(o.Timeout, checkTimeout)
	return nil
}

func (o *CheckOptions) invalid() (field, reason string) {
	writes, given := len(o.AllowWrites) > 0, o.IssuePass != IssuePassParams{}
	switch {
	case o.Samples < 0, o.Samples > checkMaxSamples:
		return "Samples", "is not between 1 and 20"
	case o.CallTimeout < 0:
		return "CallTimeout", "is negative"
	case o.Timeout < 0:
		return "Timeout", "is negative"
	case given && !writes:
		return "IssuePass", "is set, but AllowWrites does not name it"
	}
	for _, name := range o.AllowWrites {
		if name != string(gen.OpIssuePass) {
			return "AllowWrites", "names another operation than IssuePass"
		}
	}
	if missing := o.IssuePass.missing(); writes && len(missing) > 0 {
		return "IssuePass", "lacks " + missing[0].param
	}
	return "", ""
}

// checkPlan is what a check of the client sends.
func (c *Client) checkPlan(o CheckOptions, gathered *DriftReport) doctor.Plan {
	plan := doctor.Plan{
		BaseURL: c.core.Engine().BaseURL(), RequestIDHeader: requestIDHeader,
		Samples: o.Samples, Timeout: o.Timeout, Path: c.paths.Template, Drift: &gathered.gathered,
		IDs: map[string]string{
			"ClientID": o.ClientID, "IssuedPassID": o.IssuedPassID, "PassID": o.PassID,
			"ProviderID": o.ProviderID, "ClassID": o.ClassID, "BookingID": o.BookingID,
		},
		Reads:  c.checkReads(WithTimeout(o.CallTimeout), WithMaxAttempts(2)), // one repetition covers a passing fault
		NoSuch: []gen.OperationID{gen.OpListPassProviders, gen.OpGetClientCredits, gen.OpGetIssuedPass},
	}
	if len(o.AllowWrites) > 0 {
		plan.Issue = c.checkIssue(o)
	}
	return plan
}

// checkReads lists the reads. Those that show an id for others come first.
func (c *Client) checkReads(opts ...CallOption) []doctor.Read {
	return []doctor.Read{
		{
			Operation: gen.OpListPasses, Shows: "PassID",
			Send: checkPage(c.Passes.List, opts, func(p *Pass) string { return p.ID }),
		},
		{Operation: gen.OpListProviders, Shows: "ProviderID", Send: checkPage(c.Providers.List, opts, gymID)},
		{Operation: gen.OpListIssuers, Send: checkPage(c.Lookups.ListIssuers, opts, nil)},
		{Operation: gen.OpListClassCategories, Send: func(ctx context.Context, _ string) doctor.Call {
			return checked(c.Classes.ListCategories(ctx, opts...))
		}},
		{
			Operation: gen.OpListClasses, Shows: "ClassID",
			Send: checkPage(c.Classes.List, opts, func(k *Class) string { return k.ID }),
		},
		{Operation: gen.OpListCreditPackages, Send: checkPage(c.Credits.ListPackages, opts, nil)},
		{Operation: gen.OpListPassProviders, Need: "PassID", Send: checkPageOf(c.Providers.ListForPass, opts, nil)},
		{
			Operation: gen.OpListGymCopayOptions, Need: "ProviderID",
			Send: checkPageOf(c.Copay.ListGymOptions, opts, nil),
		},
		{Operation: gen.OpGetClass, Need: "ClassID", Send: checkGet(c.Classes.Get, opts)},
		{Operation: gen.OpGetClient, Need: "ClientID", Send: checkGet(c.Clients.Get, opts)},
		{Operation: gen.OpGetClientCredits, Need: "ClientID", Send: checkGet(c.Clients.Credits, opts)},
		{
			Operation: gen.OpListClientBookings, Need: "ClientID", Shows: "BookingID",
			Send: checkPageOf(c.Bookings.ListForClient, opts, func(b *Booking) string { return b.ID }),
		},
		{Operation: gen.OpGetBookingStatus, Need: "BookingID", Send: checkGet(c.Bookings.Get, opts)},
		{Operation: gen.OpGetIssuedPass, Need: "IssuedPassID", Send: checkGet(c.IssuedPasses.Get, opts)},
	}
}

func (c *Client) checkIssue(o CheckOptions) *doctor.Issue {
	issue := &doctor.Issue{Key: o.Key, ClientID: o.IssuePass.ClientID}
	if issue.Key.IsZero() {
		issue.Key = NewKey()
	}
	issue.Send = func(ctx context.Context, key Key) doctor.Call {
		pass, resp, err := c.IssuedPasses.Issue(ctx, o.IssuePass,
			WithIdempotencyKey(key), WithTimeout(checkWriteTimeout))
		call := checked(pass, resp, err)
		if pass != nil {
			call.ID = pass.ID
		}
		return call
	}
	return issue
}

type sendRead = func(ctx context.Context, id string) doctor.Call

// checkGet sends a read by id.
func checkGet[T any](
	get func(context.Context, string, ...CallOption) (*T, *Response, error), opts []CallOption,
) sendRead {
	return func(ctx context.Context, id string) doctor.Call { return checked(get(ctx, id, opts...)) }
}

// checkPage reads the first page of a list, and shows the first id there.
func checkPage[P, T any](list pageReader[P, T], opts []CallOption, idOf func(*T) string) sendRead {
	return func(ctx context.Context, _ string) doctor.Call {
		var params P
		page, resp, err := list(ctx, params, opts...)
		call := checked(page, resp, err)
		for i := 0; idOf != nil && page != nil && call.ID == "" && i < len(page.Data); i++ {
			call.ID = idOf(&page.Data[i])
		}
		return call
	}
}

// checkPageOf is checkPage for a list of what has an id.
func checkPageOf[P, T any](
	list func(context.Context, string, P, ...CallOption) (*List[T], *Response, error), opts []CallOption,
	idOf func(*T) string,
) sendRead {
	return func(ctx context.Context, id string) doctor.Call { return checkPage(of(list, id), opts, idOf)(ctx, id) }
}

// gymID returns a provider's id if it is a gym.
func gymID(p *Provider) string {
	if p.Category.Is(ProviderCategoryGym) {
		return p.ID
	}
	return ""
}

// checked is how a call went.
func checked[T any](_ *T, resp *Response, err error) doctor.Call {
	call := doctor.Call{
		Outcome: resp.Outcome, Key: resp.Key, Replayed: resp.Replayed, FromJournal: resp.FromJournal,
		Status: resp.StatusCode, Header: resp.Header, RequestID: resp.RequestID, Attempts: resp.Attempts,
		IsJSON: jsonKind(resp.Raw) != "", Err: err,
	}
	if e, ok := errors.AsType[*Error](err); ok {
		call.Why, call.Type, call.Code, call.SafeUntil = e.Err, e.Type, e.Code, e.SafeUntil
		call.ErrorRequestID = vendorError(resp.Raw).RequestID
	}
	return call
}
