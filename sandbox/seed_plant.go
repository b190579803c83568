package sandbox

import (
	"time"

	"github.com/bardge/bardge-go/gen"
)

func (s *state) plant(otherAPIKey string) Seed {
	seed := seedOf(s.now(), otherAPIKey)
	s.plantPackages(seed)
	s.plantProviders(seed)
	s.plantClasses(seed)
	s.plantClients(seed)
	s.plantSlots(seed)
	return seed
}

var (
	allTiers      = []gen.ProviderTier{gen.ProviderTierStandard, gen.ProviderTierPremium}
	standardTiers = []gen.ProviderTier{gen.ProviderTierStandard}
)

func (s *state) plantPackages(seed Seed) {
	spa := gen.PassCategory{Type: gen.ProviderCategorySpa, Tiers: allTiers, VisitsAllowed: 4, CreditAllocated: "20"}
	gym := gen.PassCategory{Type: gen.ProviderCategoryGym, Tiers: allTiers, VisitsAllowed: 8}
	trial := gen.PassCategory{Type: gen.ProviderCategoryGym, Tiers: standardTiers, VisitsAllowed: 1}
	unlimited := gen.PassCategory{Type: gen.ProviderCategoryGym, Tiers: standardTiers}
	onlySpa := gen.PassCategory{Type: gen.ProviderCategorySpa, Tiers: standardTiers, VisitsAllowed: 4}
	const month, year = gen.PassDurationMonthly, gen.PassDurationAnnually

	s.plantPackage(seed.TrialPassID, "Trial Pass", 100000, month, trial)
	s.plantPackage(seed.SpaPassID, "Spa Pass", 600000, month, onlySpa)
	s.plantPackage(seed.UnlimitedPassID, "Unlimited Gym Pass", 900000, year, unlimited)
	s.plantPackage(seed.PassID, "Premium Wellness Pass", 1500000, month, spa, gym)

	fifty := gen.CreditPackage{
		Object: "credit_package", ID: seed.CreditPackageID, Name: "50 Credits Pack",
		Credits: number(50), Price: number(50000), Currency: currency,
	}
	s.credits.add(fifty.ID, &creditPackage{CreditPackage: fifty, credits: 50})
}

func (s *state) plantPackage(id, name string, price int, cycle gen.PassDuration, categories ...gen.PassCategory) {
	for i := range categories {
		categories[i].Duration = cycle
	}
	s.packages.add(id, &gen.Pass{
		Object: "pass", ID: id, Name: name, Price: number(price), Currency: currency, Duration: cycle,
		Categories: categories, Created: s.nowMillis(), PaymentModel: gen.PaymentModelSubscription,
	})
}

func (s *state) plantProviders(seed Seed) {
	const spa, gym = gen.ProviderCategorySpa, gen.ProviderCategoryGym
	const standard, premium = gen.ProviderTierStandard, gen.ProviderTierPremium
	for _, p := range []gen.Provider{
		{ID: "gym_summit", Name: "Summit Club", Category: gym, Tier: premium, City: "Abuja", Lat: 9.0765, Lon: 7.3986},
		{ID: "spa_palm", Name: "Palm Spa", Category: spa, Tier: standard, City: "Ibadan", Lat: 7.3775, Lon: 3.9470},
		{ID: seed.SpaID, Name: "Zen Wellness Spa", Category: spa, Tier: premium, City: "Lagos", Lat: 6.454, Lon: 3.395},
		{ID: seed.GymID, Name: "FitZone Lagos", Category: gym, Tier: standard, City: "Lagos", Lat: 6.4281, Lon: 3.4219},
	} {
		p.Object, p.Country = "provider", "NG"
		s.providers.add(p.ID, &provider{Provider: p, offers: map[string]offer{}})
	}
	zen := s.providers.byID[seed.SpaID]
	zen.sell(seed.ServiceID, offer{names: "Deep Tissue Massage", credits: 5, money: 20000})
	zen.sell(seed.FreeServiceID, offer{names: "Sauna", money: 5000})
	for _, pack := range s.packages.all {
		pack.ProviderCount = s.unlockedBy(pack)
	}
	s.plantOption(seed.GymID, gen.CopayOption{
		ID: seed.CopayPackageID, Name: "4 Visits", Duration: gen.PassDurationMonthly, VisitsAllowed: 4,
	}, 8000)
	s.plantOption(seed.GymID, gen.CopayOption{ID: "copay_fitzone_day", Name: "Day Pass", VisitsAllowed: 1}, 3000)
}

func (s *state) plantOption(gym string, option gen.CopayOption, price int) {
	option.Object, option.Price, option.Currency = "copay_option", number(price), currency
	s.options.add(option.ID, &copayOption{CopayOption: option, gym: gym, price: price})
}

func (p *provider) sell(id string, one offer) {
	p.offers[id] = one
	p.Services = append(p.Services, gen.Service{ID: id, Name: one.names, Price: number(one.money), Currency: currency})
}

func (s *state) plantClasses(seed Seed) {
	gym := s.providers.byID[seed.GymID]
	s.categories.add(seed.ClassCategoryID, &gen.ClassCategory{
		Object: "class_category", ID: seed.ClassCategoryID, Name: "Yoga",
	})
	yoga := s.plantClass(seed.ClassID, "Morning Yoga", gym, seed.ClassCategoryID, 0)
	flow := s.plantClass("class_flow", "Morning Yoga Flow", gym, seed.ClassCategoryID, 3)

	midnight := s.now().UTC().Truncate(24 * time.Hour)
	for i, one := range []instance{
		{id: seed.ClassInstanceID, class: yoga, places: 20},
		{id: seed.LastPlaceInstanceID, class: yoga, places: 12, taken: 11},
		{id: seed.FullInstanceID, class: yoga, places: 12, taken: 12},
		{id: seed.CreditInstanceID, class: flow, places: 20},
	} {
		one.begins = midnight.AddDate(0, 0, seedDays+i).Add(7 * time.Hour)
		s.instances.add(one.id, &one)
	}
}

func (s *state) plantClass(id, name string, gym *provider, category string, credits int) *class {
	made := &class{gym: gym, credits: credits, Class: gen.Class{
		Object: "class", ID: id, Name: name, CategoryID: category, ProviderID: gym.ID, ProviderName: gym.Name,
	}}
	s.classes.add(id, made)
	return made
}

func (s *state) plantClients(seed Seed) {
	premium := s.packages.byID[seed.PassID]
	ada := s.addClient(ownReseller, gen.ClientProfile{ID: seed.ClientID, FirstName: "Ada", LastName: "Okafor"})
	s.move(ada, 50, "Credits purchase — 50 Credits Pack")
	s.issue(seed.UncoveredPassID, ada, s.packages.byID[seed.SpaPassID])
	s.issue(seed.UsedUpPassID, ada, s.packages.byID[seed.TrialPassID]).take(gen.ProviderCategoryGym, 1)
	s.issue(seed.IssuedPassID, ada, premium)

	ben := s.addClient(ownReseller, gen.ClientProfile{ID: seed.PoorClientID, FirstName: "Ben", LastName: "Adeyemi"})
	s.issue("brgpass_ben", ben, premium)

	chi := s.addClient(otherReseller, gen.ClientProfile{ID: seed.OtherClientID, FirstName: "Chi", LastName: "Eze"})
	s.move(chi, 20, "Credits purchase — 20 Credits Pack")
	s.issue("brgpass_chi", chi, premium)
	s.issuers.add(seed.IssuerID, &issuer{
		Issuer:   gen.Issuer{Object: "issuer", ID: seed.IssuerID, Name: "Wellbeing Partners"},
		reseller: otherReseller,
		codes:    map[string]string{seed.OtherClientID: seed.OtherAccessCode},
	})
}

func (s *state) plantSlots(seed Seed) {
	taken, err := readTime(seed.SlotDate, seed.TakenSlotTime)
	if err != nil { // the seed is ours
		panic(err)
	}
	(&appointment{spa: s.providers.byID[seed.SpaID], begins: taken}).take(s, true)
}
