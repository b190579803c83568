package sandbox

import (
	"net/http"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

type issuedPass struct {
	gen.IssuedPass

	client *client
	pack   *gen.Pass
	rank   int // in the order of issue
	// Visits that were used up and bought, with any package at that time
	// (inferred: a change of the package gives none back).
	used, bought map[gen.ProviderCategory]int
}

// hold gives the pass a package. Visits that were bought come on top.
func (p *issuedPass) hold(pack *gen.Pass) {
	p.pack, p.PassID, p.PassName, p.Categories = pack, pack.ID, pack.Name, nil
	for _, c := range pack.Categories {
		shown := gen.IssuedPassCategory{
			Type: c.Type, Duration: c.Duration, CreditAllocated: c.CreditAllocated, VisitsAllowed: c.VisitsAllowed,
		}
		if shown.VisitsAllowed > 0 { // 0 is no limit
			shown.VisitsAllowed += p.bought[c.Type]
		}
		p.Categories = append(p.Categories, shown)
	}
}

// raise raises the limit of a category, which must have one.
func (p *issuedPass) raise(category gen.ProviderCategory, visits int) {
	p.bought[category] += visits
	p.hold(p.pack)
}

// limit returns how many visits a category allows; without a limit it is not
// limited. A category that the pass does not have allows none.
func (p *issuedPass) limit(category gen.ProviderCategory) (visits int, limited bool) {
	for _, c := range p.Categories {
		if c.Type == category {
			return c.VisitsAllowed, c.VisitsAllowed > 0
		}
	}
	return 0, true
}

// visitable reports whether the pass has a visit left in a category.
func (p *issuedPass) visitable(category gen.ProviderCategory) bool {
	allowed, limited := p.limit(category)
	return !limited || p.used[category] < allowed
}

// take uses up n visits of a category; a negative n gives them back.
func (p *issuedPass) take(category gen.ProviderCategory, n int) { p.used[category] += n }

// opens returns an error if the pass has ended or does not cover a provider.
func (p *issuedPass) opens(at *provider, now time.Time) error {
	switch {
	case p.ended(now):
		return invalid("user_pass_id", "names a pass that has expired")
	case covering(p.pack, at) == nil:
		return invalid("user_pass_id", "names a pass that does not cover the provider")
	default:
		return nil
	}
}

func (p *issuedPass) ended(now time.Time) bool { return !now.Before(p.ExpiresAt.Time) }

// view returns the pass as clients see it. A pass is expired when its time is
// over or all its visits are used up (documented).
func (p *issuedPass) view(now time.Time, message string) *gen.IssuedPass {
	seen := p.IssuedPass
	seen.Message, seen.Status = message, gen.IssuedPassActive
	left := slices.ContainsFunc(p.Categories, func(c gen.IssuedPassCategory) bool { return p.visitable(c.Type) })
	if !left || p.ended(now) {
		seen.Status = gen.IssuedPassExpired
	}
	return &seen
}

// changed returns the response to a change of the pass.
func (p *issuedPass) changed(now time.Time, message string) *gen.IssuedPassMessage {
	seen := p.view(now, message)
	return &gen.IssuedPassMessage{
		Object: seen.Object, ID: seen.ID, Status: seen.Status, Message: seen.Message, ClientID: seen.ClientID,
		PassID: seen.PassID, PassName: seen.PassName, ExpiresAt: seen.ExpiresAt,
	}
}

func (s *state) ListPasses(r *http.Request, params gen.ListPassesParams) (*gen.PassList, error) {
	all := views(s.packages, every, func(p *gen.Pass) gen.Pass { return *p })
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	return page(r, all, func(p gen.Pass) string { return p.ID }, at, "Passes retrieved successfully")
}

// IssuePass issues a pass. It creates an unknown client.
func (s *state) IssuePass(r *http.Request, in gen.IssuePassParams) (*gen.IssuedPass, error) {
	if err := required(field{"client_id", in.ClientID}, field{"pass_id", in.PassID}); err != nil {
		return nil, err
	}
	pack := s.packages.byID[in.PassID]
	if pack == nil {
		return nil, passNotFound(in.PassID)
	}
	c := callOf(r)
	owner := s.clients[clientRef{c.Account, in.ClientID}]
	if owner == nil {
		owner = s.addClient(c.Account, gen.ClientProfile{ID: in.ClientID})
	}
	rename(owner, in.FirstName, in.LastName, in.Email, in.Phone)
	pass := s.issue(s.ids.Next("brgpass"), owner, pack)
	c.Touched(pass.ID)
	return pass.view(s.now(), "Pass issued successfully"), nil
}

// passKey is the key of a pass, booking or purchase: accounts may begin with
// ones of equal ids.
func passKey(reseller, id string) string { return reseller + "/" + id }

func (s *state) issue(id string, owner *client, pack *gen.Pass) *issuedPass {
	paid := s.pay()
	p := &issuedPass{
		client: owner, rank: len(s.passes.all),
		used: map[gen.ProviderCategory]int{}, bought: map[gen.ProviderCategory]int{},
	}
	p.IssuedPass = gen.IssuedPass{
		Object: "issued_pass", ID: id, Passcode: s.ids.Next("PASSCODE"), ClientID: owner.ID,
		Created: s.nowMillis(), StartDate: s.nowMillis(), ExpiresAt: wire.Millis{Time: s.now().AddDate(0, 1, 0)},
		TransactionID: paid.transactionID, TxRef: paid.txRef,
	}
	if pack.Duration.Is(gen.PassDurationAnnually) {
		p.ExpiresAt.Time = s.now().AddDate(1, 0, 0)
	}
	p.hold(pack)
	s.passes.add(passKey(owner.reseller, id), p)
	owner.passes.add(p)
	return p
}

// rename changes the given details of a client.
func rename(c *client, first, last, email, phone string) {
	for _, change := range []struct {
		to   *string
		from string
	}{{&c.FirstName, first}, {&c.LastName, last}, {&c.Email, email}, {&c.Phone, phone}} {
		if change.from != "" {
			*change.to = change.from
		}
	}
}

// issued finds a pass that the caller issued.
func (s *state) issued(c *call, id string) (*issuedPass, error) {
	pass := s.passes.byID[passKey(c.Account, id)]
	if pass == nil {
		return nil, passNotFound(id)
	}
	c.Touched(id)
	return pass, nil
}

// UpdateIssuedPass changes the package of a pass or the details of its client.
func (s *state) UpdateIssuedPass(r *http.Request, in gen.UpdateIssuedPassParams) (*gen.IssuedPassMessage, error) {
	if err := required(field{"user_pass_id", in.UserPassID}); err != nil {
		return nil, err
	}
	pass, err := s.issued(callOf(r), in.UserPassID)
	if err != nil {
		return nil, err
	}
	if in.PassID != "" {
		pack := s.packages.byID[in.PassID]
		if pack == nil {
			return nil, passNotFound(in.PassID)
		}
		pass.client.passes.remove(pass)
		pass.hold(pack)
		pass.client.passes.add(pass)
	}
	rename(pass.client, in.FirstName, in.LastName, in.Email, in.Phone)
	return pass.changed(s.now(), "Pass updated successfully"), nil
}

const maxYear = 9999 // of an expiry (inferred)

// UpdateIssuedPassExpiry sets when a pass ends. A time in the past ends it.
func (s *state) UpdateIssuedPassExpiry(
	r *http.Request, id string, in gen.UpdateIssuedPassExpiryParams,
) (*gen.IssuedPassMessage, error) {
	switch at := in.ExpiresAt; {
	case at.IsZero():
		return nil, invalid("expires_at", "is required")
	case at.Unix() < 0 || at.Year() > maxYear:
		return nil, invalid("expires_at", "is out of range")
	}
	pass, err := s.issued(callOf(r), id)
	if err != nil {
		return nil, err
	}
	pass.ExpiresAt = in.ExpiresAt
	return pass.changed(s.now(), "Pass expiry updated successfully"), nil
}

func (s *state) GetIssuedPass(r *http.Request, id string) (*gen.IssuedPass, error) {
	pass, err := s.issued(callOf(r), id)
	if err != nil {
		return nil, err
	}
	return pass.view(s.now(), "Pass retrieved successfully"), nil
}

// passOf returns the client's pass for a visit to a provider: the named pass,
// else the newest that covers the provider, else the newest. Nil: the client
// has no pass.
func (s *state) passOf(owner *client, id string, at *provider) (*issuedPass, error) {
	if id != "" {
		pass := s.passes.byID[passKey(owner.reseller, id)]
		switch {
		case pass == nil || pass.client != owner:
			return nil, passNotFound(id)
		case pass.ended(s.now()):
			return nil, invalid("user_pass_id", "names a pass that has expired")
		}
		return pass, nil
	}
	return owner.passes.best(at, s.now()), nil
}
