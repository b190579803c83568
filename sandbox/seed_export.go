package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
)

// exported returns a seed that makes the same data. Sessions, quotes, lookups
// and their tokens are not in it, nor is the history of credits.
func (w *world) exported() any {
	s := w.state
	all := *s.seed
	all.Clients = nil
	held := map[place]int{} // by bookings
	clients := s.clientsByAccount("")
	for _, name := range w.Names() {
		for _, one := range clients[name] {
			all.Clients = append(all.Clients, s.exportClient(one))
		}
	}
	for _, b := range s.bookings.all {
		if b.closed() == nil {
			held[b.place]++
		}
	}
	all.Providers = s.exportProviders()
	all.Classes = s.exportClasses(held)
	return &all
}

func (s *state) exportProviders() []seedProvider {
	all := slices.Clone(s.seed.Providers)
	for i := range all {
		all[i].TakenSlots = nil
	}
	taken := slices.SortedFunc(maps.Keys(s.slots), func(a, b slot) int { return cmp.Compare(a.begins, b.begins) })
	for _, one := range taken {
		at := slices.IndexFunc(all, func(p seedProvider) bool { return p.ID == one.spa })
		if s.slots[one] {
			all[at].TakenSlots = append(all[at].TakenSlots, exportTime(time.Unix(one.begins, 0)))
		}
	}
	return all
}

func (s *state) exportClasses(held map[place]int) []seedClass {
	all := slices.Clone(s.seed.Classes)
	for i := range all {
		all[i].Instances = slices.Clone(all[i].Instances)
		for j := range all[i].Instances {
			one := &all[i].Instances[j]
			is := s.instances.byID[one.ID]
			one.seedTime, one.Taken = exportTime(is.begins), is.taken-held[is]
		}
	}
	return all
}

func exportTime(at time.Time) seedTime {
	return seedTime{Date: at.UTC().Format(time.DateOnly), Time: at.UTC().Format(clockTime)}
}

func (s *state) exportClient(c *client) seedClient {
	one := seedClient{
		ID: c.ID, Account: c.reseller, FirstName: c.FirstName, LastName: c.LastName, Email: c.Email, Phone: c.Phone,
		Credits: c.credits, CopayVisits: c.visits,
	}
	for _, bought := range c.spaVisits {
		one.SpaVisits = append(one.SpaVisits, seedSpaVisit{bought.id, bought.spa.ID, bought.used})
	}
	for _, pass := range c.passes.inOrder() {
		one.Passes = append(one.Passes, seedPass{
			ID: pass.ID, PassID: pass.PassID, ExpiresAt: pass.ExpiresAt.Format(time.RFC3339Nano),
			Used: exportVisits(pass.used), Bought: exportVisits(pass.bought),
		})
	}
	for _, b := range c.bookings {
		one.Bookings = append(one.Bookings, b.export())
	}
	return one
}

func exportVisits(visits map[gen.ProviderCategory]int) map[string]int {
	all := map[string]int{}
	for kind, n := range visits {
		if n > 0 {
			all[string(kind)] = n
		}
	}
	return all
}

func (b *booking) export() seedBooking {
	one := seedBooking{
		ID: b.ID, Account: b.reseller, Status: b.Status, CopayVisit: b.price.gym != "", Credits: b.price.credits,
	}
	switch held := b.place.(type) {
	case *instance:
		one.ClassInstanceID = held.id
	case *appointment:
		one.ProviderID, one.ServiceIDs, one.seedTime = held.spa.ID, held.ids, exportTime(held.begins)
	}
	if b.price.pass != nil {
		one.PassID = b.price.pass.ID
	}
	if b.price.copay != nil {
		one.CopayPurchaseID = b.price.copay.id
	}
	return one
}
