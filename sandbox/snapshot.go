package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// Snapshot is the sandbox's data as plain values: what
// [fakeserver.Control.State] returns in JSON.
type Snapshot struct {
	// Accounts are the resellers in the order of their names.
	Accounts []AccountSnapshot `json:"accounts"`
	// ClassInstances are the classes to book, which all accounts share.
	ClassInstances []InstanceSnapshot `json:"class_instances"`
}

// AccountSnapshot is the data of one reseller.
type AccountSnapshot struct {
	// Name is the reseller's name, as in the ledger.
	Name string `json:"name"`
	// Clients are the reseller's clients in the order of their ids.
	Clients []ClientSnapshot `json:"clients"`
}

// ClientSnapshot is one client with its balances.
type ClientSnapshot struct {
	// ID is the reseller's id of the client.
	ID string `json:"id"`
	// FirstName is the client's first name.
	FirstName string `json:"first_name"`
	// LastName is the client's last name.
	LastName string `json:"last_name"`
	// Credits is the balance of credits.
	Credits int `json:"credits"`
	// CopayVisits are visits that were bought by co-pay and are left, by gym.
	CopayVisits map[string]int `json:"copay_visits"`
	// SpaVisits are spa visits that were bought by co-pay, in the order of
	// purchase.
	SpaVisits []SpaVisitSnapshot `json:"spa_visits"`
	// Passes are the client's passes in the order of issue.
	Passes []PassSnapshot `json:"passes"`
	// Bookings are the client's bookings in the order in which they were made,
	// cancelled ones included.
	Bookings []BookingSnapshot `json:"bookings"`
}

// SpaVisitSnapshot is a spa visit that was bought by co-pay.
type SpaVisitSnapshot struct {
	// ID is the id of the purchase.
	ID string `json:"copay_purchase_id"`
	// ProviderID is the spa.
	ProviderID string `json:"provider_id"`
	// Used reports whether an appointment was booked with it.
	Used bool `json:"used"`
}

// PassSnapshot is an issued pass.
type PassSnapshot struct {
	// ID is the id of the issued pass.
	ID string `json:"id"`
	// PassID is its package.
	PassID string `json:"pass_id"`
	// Status is active or expired, as the API shows it.
	Status gen.IssuedPassStatus `json:"status"`
	// ExpiresAt is when the pass ends.
	ExpiresAt time.Time `json:"expires_at"`
	// Categories are what the pass covers.
	Categories []VisitsSnapshot `json:"categories"`
}

// VisitsSnapshot counts the visits of a pass in one category.
type VisitsSnapshot struct {
	// Type is the category.
	Type gen.ProviderCategory `json:"type"`
	// Allowed is how many visits the pass allows, bought ones included; 0 is no
	// limit.
	Allowed int `json:"visits_allowed"`
	// Used is how many of them were used.
	Used int `json:"visits_used"`
}

// BookingSnapshot is a booking.
type BookingSnapshot struct {
	// ID is the id of the booking.
	ID string `json:"id"`
	// Type is class or spa.
	Type gen.BookingType `json:"type"`
	// Status is the booking's status.
	Status gen.BookingStatus `json:"status"`
	// Name is the class's name, or the services' names.
	Name string `json:"name"`
	// ProviderName is the name of the gym or spa.
	ProviderName string `json:"provider_name"`
	// ScheduledFor is when it begins.
	ScheduledFor time.Time `json:"scheduled_for"`
	// Account is the reseller who made it.
	Account string `json:"account"`
	// ClassInstanceID is the place in a class; "" of a spa.
	ClassInstanceID string `json:"class_instance_id"`
	// CopayPurchaseID is the spa visit that it used; "" if none was.
	CopayPurchaseID string `json:"copay_purchase_id"`
	// PassID is the issued pass that a visit was taken from; "" if none was.
	PassID string `json:"user_pass_id"`
	// Credits is how many credits it cost.
	Credits int `json:"credits"`
}

// InstanceSnapshot is a class at a time.
type InstanceSnapshot struct {
	// ID is the id of the instance.
	ID string `json:"id"`
	// ClassID is its class.
	ClassID string `json:"class_id"`
	// Begins is when it begins.
	Begins time.Time `json:"begins"`
	// Capacity is how many places it has.
	Capacity int `json:"capacity"`
	// Taken is how many of them are taken.
	Taken int `json:"taken"`
}

// snapshot returns a part of the data.
func (w *world) snapshot(query fakeserver.StateQuery) any {
	names := w.Names()
	s := w.state
	whole := Snapshot{Accounts: []AccountSnapshot{}, ClassInstances: []InstanceSnapshot{}}
	clients := s.clientsByAccount(query.Client)
	for _, name := range names {
		if query.Account == "" || query.Account == name {
			whole.Accounts = append(whole.Accounts, AccountSnapshot{Name: name, Clients: s.shownClients(clients[name])})
		}
	}
	for _, i := range s.instances.all {
		whole.ClassInstances = append(whole.ClassInstances, InstanceSnapshot{
			ID: i.id, ClassID: i.class.ID, Begins: i.begins, Capacity: i.places, Taken: i.taken,
		})
	}
	return whole
}

// clientsByAccount groups the clients with an id, "" for all, by their account,
// each group in the order of their ids.
func (s *state) clientsByAccount(id string) map[string][]*client {
	groups := map[string][]*client{}
	for ref, one := range s.clients {
		if id == "" || id == ref.id {
			groups[ref.reseller] = append(groups[ref.reseller], one)
		}
	}
	for _, group := range groups {
		slices.SortFunc(group, func(a, b *client) int { return cmp.Compare(a.ID, b.ID) })
	}
	return groups
}

func (s *state) shownClients(clients []*client) []ClientSnapshot {
	all := make([]ClientSnapshot, len(clients))
	for i, one := range clients {
		all[i] = ClientSnapshot{
			ID: one.ID, FirstName: one.FirstName, LastName: one.LastName, Credits: one.credits,
			CopayVisits: maps.Clone(one.visits), SpaVisits: []SpaVisitSnapshot{}, Passes: []PassSnapshot{},
			Bookings: []BookingSnapshot{},
		}
		for _, bought := range one.spaVisits {
			all[i].SpaVisits = append(all[i].SpaVisits, SpaVisitSnapshot{bought.id, bought.spa.ID, bought.used})
		}
		for _, pass := range one.passes.inOrder() {
			all[i].Passes = append(all[i].Passes, pass.snapshot(s.now()))
		}
		for _, b := range one.bookings {
			all[i].Bookings = append(all[i].Bookings, b.snapshot())
		}
	}
	return all
}

func (p *issuedPass) snapshot(now time.Time) PassSnapshot {
	shown := PassSnapshot{
		ID: p.ID, PassID: p.PassID, Status: p.view(now, "").Status, ExpiresAt: p.ExpiresAt.Time,
	}
	for _, c := range p.Categories {
		shown.Categories = append(shown.Categories, VisitsSnapshot{c.Type, c.VisitsAllowed, p.used[c.Type]})
	}
	return shown
}

func (b *booking) snapshot() BookingSnapshot {
	held := b.export()
	return BookingSnapshot{
		ID: b.ID, Type: b.Type, Status: b.Status, Name: b.ClassName + b.ServiceName, ProviderName: b.ProviderName,
		ScheduledFor: b.ScheduledFor.Time, Account: held.Account, ClassInstanceID: held.ClassInstanceID,
		CopayPurchaseID: held.CopayPurchaseID, PassID: held.PassID, Credits: held.Credits,
	}
}
