package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
)

func (c *seedCheck) client(path string, one *seedClient) {
	c.amount(path+".credits", one.Credits)
	for _, gym := range slices.Sorted(maps.Keys(one.CopayVisits)) {
		at := path + ".copay_visits." + gym
		c.checkf(c.kindOf(gym) == gymKind, at, "is no gym")
		c.amount(at, one.CopayVisits[gym])
	}
	for i, bought := range one.SpaVisits {
		at := fmt.Sprintf("%s.spa_visits[%d]", path, i)
		c.insideOf(at+".copay_purchase_id", "purchase", one.Account, bought.ID)
		c.checkf(c.kindOf(bought.ProviderID) == spaKind, at+".provider_id", "no spa has the id %q", bought.ProviderID)
	}
	for i, pass := range one.Passes {
		at := fmt.Sprintf("%s.passes[%d]", path, i)
		c.insideOf(at+".id", "pass", one.Account, pass.ID)
		c.pass(at, pass)
	}
	for i := range one.Bookings {
		c.booking(fmt.Sprintf("%s.bookings[%d]", path, i), one, &one.Bookings[i])
	}
}

func (c *seedCheck) pass(path string, pass seedPass) {
	known := func(p seedPackage) bool { return p.ID == pass.PassID }
	c.checkf(slices.ContainsFunc(c.all.Packages, known), path+".pass_id", "no package has the id %q", pass.PassID)
	// A pass keeps its visits when its package changes, also of categories that
	// the new one does not have.
	for name, visits := range map[string]map[string]int{"used": pass.Used, "bought": pass.Bought} {
		for _, kind := range slices.Sorted(maps.Keys(visits)) {
			at := path + "." + name + "." + kind
			c.checkf(kind == gymKind || kind == spaKind, at, "is no category")
			c.amount(at, visits[kind])
		}
	}
	if pass.ExpiresInDays != nil {
		c.days(path+".expires_in_days", *pass.ExpiresInDays)
	}
	if pass.ExpiresAt != "" {
		_, err := time.Parse(time.RFC3339Nano, pass.ExpiresAt)
		c.checkf(err == nil, path+".expires_at", "must look like 2026-05-10T14:00:00Z")
		c.checkf(pass.ExpiresInDays == nil, path+".expires_at", "is given beside expires_in_days")
	}
}

func (c *seedCheck) booking(path string, owner *seedClient, b *seedBooking) {
	c.insideOf(path+".id", "booking", cmp.Or(b.Account, owner.Account), b.ID)
	if b.Account != "" {
		c.account(path, b.Account)
	}
	c.oneOf(path+".status", cmp.Or(string(b.Status), string(gen.BookingPending)),
		string(gen.BookingPending), string(gen.BookingCancelled), string(gen.BookingRescheduled))
	c.amount(path+".credits", b.Credits)
	c.checkf((b.ClassInstanceID == "") != (b.ProviderID == ""), path, "must have class_instance_id or provider_id")
	kind := gymKind
	if b.ClassInstanceID != "" {
		c.checkf(c.inner[innerID{kind: "instance", id: b.ClassInstanceID}] > 0, path+".class_instance_id",
			"no class instance has the id %q", b.ClassInstanceID)
		c.checkf(len(b.ServiceIDs) == 0 && b.seedTime == seedTime{}, path,
			"a class has no service_ids and time of its own")
	} else {
		kind = spaKind
		c.appointment(path, b)
	}
	c.payment(path, owner, b, kind)
}

func (c *seedCheck) appointment(path string, b *seedBooking) {
	at := slices.IndexFunc(c.all.Providers, func(p seedProvider) bool { return p.ID == b.ProviderID })
	c.checkf(c.kindOf(b.ProviderID) == spaKind, path+".provider_id", "no spa has the id %q", b.ProviderID)
	c.checkf(len(b.ServiceIDs) > 0, path+".service_ids", "must not be empty")
	for i, id := range b.ServiceIDs {
		known := at >= 0 && c.all.Providers[at].offers(id)
		c.checkf(known, fmt.Sprintf("%s.service_ids[%d]", path, i), "the spa has no service %q", id)
	}
	c.time(path, b.seedTime)
}

// payment checks what a booking took, which is in the client's numbers.
func (c *seedCheck) payment(path string, owner *seedClient, b *seedBooking, kind string) {
	ways := 0
	for _, given := range []bool{b.PassID != "", b.CopayVisit, b.CopayPurchaseID != ""} {
		if given {
			ways++
		}
	}
	c.checkf(ways == 1, path, "must have user_pass_id, copay_visit or copay_purchase_id, and one of them")
	c.checkf(!b.CopayVisit || kind == gymKind, path+".copay_visit", "a spa has none")
	if b.PassID != "" {
		at := slices.IndexFunc(owner.Passes, func(p seedPass) bool { return p.ID == b.PassID })
		c.checkf(at >= 0, path+".user_pass_id", "the client has no pass %q", b.PassID)
		c.checkf(at < 0 || b.closed() || owner.Passes[at].Used[kind] >= owner.booked(b.PassID, kind),
			path+".user_pass_id", "the pass has fewer visits used than bookings")
	}
	if b.CopayPurchaseID != "" {
		c.checkf(kind == spaKind, path+".copay_purchase_id", "a class is not paid with a spa visit")
		at := slices.IndexFunc(owner.SpaVisits, func(v seedSpaVisit) bool { return v.ID == b.CopayPurchaseID })
		c.checkf(at >= 0, path+".copay_purchase_id", "the client has no spa visit %q", b.CopayPurchaseID)
		c.checkf(at < 0 || b.closed() || owner.SpaVisits[at].Used, path+".copay_purchase_id",
			"the spa visit is not used")
	}
}

// booked returns how many bookings hold a visit of a pass.
func (c *seedClient) booked(pass, kind string) int {
	n := 0
	for i := range c.Bookings {
		b := &c.Bookings[i]
		if b.PassID == pass && !b.closed() && (b.ClassInstanceID != "") == (kind == gymKind) {
			n++
		}
	}
	return n
}

func (p *seedProvider) offers(service string) bool {
	for _, one := range p.Services {
		if one.ID == service {
			return true
		}
	}
	return false
}
