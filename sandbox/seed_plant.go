package sandbox

import (
	"cmp"
	"maps"
	"time"

	"github.com/bardge/bardge-go/gen"
)

// plant makes what a seed describes, which must have been checked, in an empty
// state.
func (s *state) plant(seed *seedFile) {
	s.seed = seed
	s.plantPackages(seed.Packages)
	s.plantProviders(seed.Providers)
	for _, pack := range s.packages.all {
		pack.ProviderCount = s.unlockedBy(pack)
	}
	for _, one := range seed.ClassKinds {
		s.categories.add(one.ID, &gen.ClassCategory{Object: "class_category", ID: one.ID, Name: one.Name})
	}
	s.plantClasses(seed.Classes)
	for _, one := range seed.CreditPackages {
		s.credits.add(one.ID, &creditPackage{credits: one.Credits, CreditPackage: gen.CreditPackage{
			Object: "credit_package", ID: one.ID, Name: one.Name,
			Credits: number(one.Credits), Price: number(one.Price), Currency: currency,
		}})
	}
	for _, one := range seed.Issuers {
		s.issuers.add(one.ID, &issuer{
			Issuer:   gen.Issuer{Object: "issuer", ID: one.ID, Name: one.Name},
			reseller: one.Account, codes: one.AccessCodes,
		})
	}
}

// plantClients makes the clients that an account begins with.
func (s *state) plantClients(account string) {
	for _, one := range s.seed.clientsOf(account) {
		s.plantClient(account, one)
	}
}

func (s *state) plantPackages(packages []seedPackage) {
	for _, p := range packages {
		pack := &gen.Pass{
			Object: "pass", ID: p.ID, Name: p.Name, Price: number(p.Price), Currency: currency, Duration: p.Duration,
			Created: s.nowMillis(), PaymentModel: gen.PaymentModelSubscription,
		}
		for _, c := range p.Categories {
			category := gen.PassCategory{
				Type: c.Type, Tiers: c.Tiers, Duration: p.Duration, VisitsAllowed: c.VisitsAllowed,
			}
			if c.CreditAllocated > 0 {
				category.CreditAllocated = number(c.CreditAllocated)
			}
			pack.Categories = append(pack.Categories, category)
		}
		s.packages.add(p.ID, pack)
	}
}

func (s *state) plantProviders(providers []seedProvider) {
	for _, p := range providers {
		made := &provider{offers: map[string]offer{}, Provider: gen.Provider{
			Object: "provider", ID: p.ID, Name: p.Name, Category: p.Category, Tier: p.Tier, City: p.City, Country: "NG",
			Lat: p.Lat, Lon: p.Lon,
		}}
		for _, one := range p.Services {
			made.offers[one.ID] = offer{names: one.Name, credits: one.Credits, money: one.Price}
			made.Services = append(made.Services, gen.Service{
				ID: one.ID, Name: one.Name, Price: number(one.Price), Currency: currency,
			})
		}
		for _, one := range p.CopayPackages {
			s.options.add(one.ID, &copayOption{gym: p.ID, price: one.Price, CopayOption: gen.CopayOption{
				Object: "copay_option", ID: one.ID, Name: one.Name, Duration: one.Duration,
				VisitsAllowed: one.VisitsAllowed, Price: number(one.Price), Currency: currency,
			}})
		}
		for _, taken := range p.TakenSlots {
			s.slots[slot{p.ID, s.dayTime(taken).Unix()}] = true
		}
		s.providers.add(p.ID, made)
	}
}

func (s *state) plantClasses(classes []seedClass) {
	for _, one := range classes {
		gym := s.providers.byID[one.ProviderID]
		made := &class{gym: gym, credits: one.Credits, Class: gen.Class{
			Object: "class", ID: one.ID, Name: one.Name, CategoryID: one.CategoryID, ProviderID: gym.ID,
			ProviderName: gym.Name,
		}}
		s.classes.add(one.ID, made)
		for _, i := range one.Instances {
			held := &instance{id: i.ID, class: made, begins: s.dayTime(i.seedTime), places: i.Capacity, taken: i.Taken}
			made.instances = append(made.instances, held)
			s.instances.add(i.ID, held)
		}
	}
}

func (s *state) plantClient(account string, one seedClient) {
	c := s.addClient(account, gen.ClientProfile{
		ID: one.ID, FirstName: one.FirstName, LastName: one.LastName, Email: one.Email, Phone: one.Phone,
	})
	if one.Credits > 0 {
		s.move(c, one.Credits, "Credits purchase — "+number(one.Credits).String()+" Credits Pack")
	}
	maps.Copy(c.visits, one.CopayVisits)
	for _, bought := range one.SpaVisits {
		s.ids.Skip(bought.ID)
		s.addSpaVisit(&spaPurchase{
			id: bought.ID, spa: s.providers.byID[bought.ProviderID], client: c, used: bought.Used,
		})
	}
	for _, pass := range one.Passes {
		s.plantPass(c, pass)
	}
	for i := range one.Bookings {
		s.plantBooking(c, &one.Bookings[i])
	}
}

func (s *state) plantPass(owner *client, one seedPass) {
	s.ids.Skip(one.ID)
	pass := s.issue(one.ID, owner, s.packages.byID[one.PassID])
	for kind, visits := range one.Used {
		pass.take(gen.ProviderCategory(kind), visits)
	}
	for kind, visits := range one.Bought {
		pass.raise(gen.ProviderCategory(kind), visits)
	}
	switch {
	case one.ExpiresInDays != nil:
		pass.ExpiresAt.Time = s.now().AddDate(0, 0, *one.ExpiresInDays)
	case one.ExpiresAt != "":
		pass.ExpiresAt.Time = mustParse(time.RFC3339Nano, one.ExpiresAt)
	}
}

func (s *state) plantBooking(owner *client, one *seedBooking) {
	s.ids.Skip(one.ID)
	cost := price{credits: one.Credits, copay: s.purchases[passKey(owner.reseller, one.CopayPurchaseID)]}
	at := s.placeOf(one)
	if pass := s.passes.byID[passKey(owner.reseller, one.PassID)]; pass != nil {
		cost.pass, cost.kind = pass, at.at().Category
	}
	if one.CopayVisit {
		cost.gym = at.at().ID
	}
	made := s.addBooking(one.ID, cmp.Or(one.Account, owner.reseller), owner, at, cost)
	switch {
	case one.Status.Is(gen.BookingRescheduled):
		made.Status = gen.BookingRescheduled
	case one.closed():
		made.cancel()
	default:
		at.take(s, true)
	}
}

// placeOf returns what a seed's booking holds.
func (s *state) placeOf(one *seedBooking) place {
	if one.ClassInstanceID != "" {
		return s.instances.byID[one.ClassInstanceID]
	}
	spa := s.providers.byID[one.ProviderID]
	offered, err := spa.offer(one.ServiceIDs)
	if err != nil { // it was checked
		panic(err)
	}
	return &appointment{spa: spa, begins: s.dayTime(one.seedTime), services: offered.names, ids: one.ServiceIDs}
}

// dayTime returns a time of a date, or of a day counted from today.
func (s *state) dayTime(at seedTime) time.Time {
	day := s.now().UTC().AddDate(0, 0, at.InDays)
	if at.Date != "" {
		day = mustParse(time.DateOnly, at.Date)
	}
	clock := mustParse(clockTime, at.Time)
	return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, time.UTC)
}

// mustParse parses a time that was checked.
func mustParse(layout, text string) time.Time {
	at, err := time.Parse(layout, text)
	if err != nil {
		panic(err)
	}
	return at
}
