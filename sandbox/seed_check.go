package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// readSeed adds a user's seed to the built-in one: what has an id of the
// built-in seed's replaces it. accounts are the names of the resellers.
func readSeed(data []byte, accounts []string) (*seedFile, error) {
	var all seedFile
	if err := json.Unmarshal(builtInSeed, &all); err != nil { // a test checks it in full
		return nil, err
	}
	if data == nil {
		return &all, nil
	}
	var users seedFile
	file, err := fakeserver.ReadSeed(data, &users)
	if err != nil {
		return nil, err
	}
	all.Packages = merged(all.Packages, users.Packages, func(p seedPackage) string { return p.ID })
	all.Providers = merged(all.Providers, users.Providers, func(p seedProvider) string { return p.ID })
	all.ClassKinds = merged(all.ClassKinds, users.ClassKinds, func(c seedNamed) string { return c.ID })
	all.Classes = merged(all.Classes, users.Classes, func(c seedClass) string { return c.ID })
	all.CreditPackages = merged(all.CreditPackages, users.CreditPackages, func(p seedCredits) string { return p.ID })
	all.Issuers = merged(all.Issuers, users.Issuers, func(i seedIssuer) string { return i.ID })
	all.Clients = merged(all.Clients, users.Clients, func(c seedClient) string { return c.key() })
	check := seedCheck{all: &all, accounts: accounts, inner: innerIDs(&all, accounts)}
	check.locate = func(path string, reason error) error { return file.Errorf(path, "%w", reason) }
	check.catalog(&users)
	check.people(&users)
	// What replaces a part of the built-in seed must suit the rest of it.
	check.locate = func(path string, reason error) error {
		return file.Errorf("", "the built-in seed does not fit it: %s: %w", path, reason)
	}
	check.catalog(&all)
	check.people(&all)
	return &all, check.err
}

func (c *seedClient) key() string { return c.Account + "/" + c.ID }

func merged[T any](old, added []T, id func(T) string) []T {
	for _, item := range added {
		same := func(o T) bool { return id(o) == id(item) }
		if at := slices.IndexFunc(old, same); at >= 0 {
			old[at] = item
		} else {
			old = append(old, item)
		}
	}
	return old
}

// seedCheck keeps the first fault of a seed.
type seedCheck struct {
	locate   func(path string, reason error) error
	all      *seedFile // the built-in seed included
	accounts []string
	inner    map[innerID]int // how often there is each
	err      error
}

// innerID is an id of something within another thing; of a client's, in an
// account.
type innerID struct{ kind, account, id string }

func innerIDs(all *seedFile, accounts []string) map[innerID]int {
	counts := map[innerID]int{}
	for _, one := range all.Classes {
		for _, i := range one.Instances {
			counts[innerID{kind: "instance", id: i.ID}]++
		}
	}
	for _, one := range all.Providers {
		for _, p := range one.CopayPackages {
			counts[innerID{kind: "copay", id: p.ID}]++
		}
	}
	for _, account := range accounts {
		for _, one := range all.clientsOf(account) {
			for _, p := range one.Passes {
				counts[innerID{"pass", account, p.ID}]++
			}
			for _, v := range one.SpaVisits {
				counts[innerID{"purchase", account, v.ID}]++
			}
			for _, b := range one.Bookings {
				counts[innerID{"booking", cmp.Or(b.Account, account), b.ID}]++
			}
		}
	}
	return counts
}

// checkf notes a fault at a path, unless something holds.
func (c *seedCheck) checkf(holds bool, path, format string, args ...any) {
	if !holds {
		c.fail(path, fmt.Errorf(format, args...))
	}
}

func (c *seedCheck) fail(path string, reason error) {
	if c.err == nil {
		c.err = c.locate(path, reason)
	}
}

var seedID = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

func (c *seedCheck) id(path, id string, seen map[string]bool) {
	c.form(path+".id", id)
	c.checkf(!seen[id], path+".id", "is given twice")
	seen[id] = true
}

// inside checks an id that nothing else of its kind has.
func (c *seedCheck) inside(path, kind, id string) {
	c.form(path, id)
	c.checkf(c.inner[innerID{kind: kind, id: id}] == 1, path, twice)
}

const twice = "is given twice, here or in the built-in seed"

// insideOf checks an id that nothing else of its kind has in an account; ""
// stands for those that begin with the client.
func (c *seedCheck) insideOf(path, kind, account, id string) {
	c.form(path, id)
	for _, name := range c.accounts {
		c.checkf(account != "" && account != name || c.inner[innerID{kind, name, id}] <= 1, path, twice)
	}
}

func (c *seedCheck) form(path, id string) {
	c.checkf(seedID.MatchString(id), path, "must have 1 to 64 letters, digits, '_', '-' and '.'")
}

func (c *seedCheck) amount(path string, n int) { c.checkf(n >= 0, path, "must not be negative") }

func (c *seedCheck) time(path string, at seedTime) {
	_, err := time.Parse(clockTime, at.Time)
	c.checkf(err == nil, path+".time", "must look like 07:00")
	c.days(path+".in_days", at.InDays)
	if at.Date != "" {
		_, err := time.Parse(time.DateOnly, at.Date)
		c.checkf(err == nil, path+".date", "must look like 2026-05-10")
		c.checkf(at.InDays == 0, path+".date", "is given beside in_days")
	}
}

const maxDays = 36_500 // a hundred years, which no date overflows

func (c *seedCheck) days(path string, n int) {
	c.checkf(-maxDays <= n && n <= maxDays, path, "must be between -%d and %d", maxDays, maxDays)
}

func (c *seedCheck) oneOf(path, value string, known ...string) {
	c.checkf(slices.Contains(known, value), path, "must be one of %v", known)
}

const (
	gymKind = string(gen.ProviderCategoryGym)
	spaKind = string(gen.ProviderCategorySpa)
)

func (c *seedCheck) duration(path string, d gen.PassDuration) {
	c.oneOf(path+".duration", string(d), string(gen.PassDurationMonthly), string(gen.PassDurationAnnually))
}

func (c *seedCheck) tier(path string, t gen.ProviderTier) {
	c.oneOf(path, string(t), string(gen.ProviderTierStandard), string(gen.ProviderTierPremium))
}

func (c *seedCheck) catalog(users *seedFile) {
	seen := map[string]bool{}
	for i, p := range users.Packages {
		c.pack(fmt.Sprintf("packages[%d]", i), p, seen)
	}
	seen = map[string]bool{}
	for i, p := range users.Providers {
		c.provider(fmt.Sprintf("providers[%d]", i), p, seen)
	}
	seen = map[string]bool{}
	for i, one := range users.ClassKinds {
		c.id(fmt.Sprintf("class_categories[%d]", i), one.ID, seen)
	}
	seen = map[string]bool{}
	for i, p := range users.CreditPackages {
		path := fmt.Sprintf("credit_packages[%d]", i)
		c.id(path, p.ID, seen)
		c.checkf(p.Credits > 0, path+".credits", "must be above 0")
		c.amount(path+".price", p.Price)
	}
	seen = map[string]bool{}
	for i, one := range users.Classes {
		c.class(fmt.Sprintf("classes[%d]", i), one, seen)
	}
}

func (c *seedCheck) class(path string, one seedClass, seen map[string]bool) {
	c.id(path, one.ID, seen)
	c.checkf(c.kindOf(one.ProviderID) == gymKind, path+".provider_id", "no gym has the id %q", one.ProviderID)
	ofCategory := func(k seedNamed) bool { return k.ID == one.CategoryID }
	c.checkf(slices.ContainsFunc(c.all.ClassKinds, ofCategory),
		path+".category_id", "no class category has the id %q", one.CategoryID)
	c.amount(path+".credits", one.Credits)
	for i, instance := range one.Instances {
		at := fmt.Sprintf("%s.instances[%d]", path, i)
		c.inside(at+".id", "instance", instance.ID)
		c.time(at, instance.seedTime)
		c.amount(at+".taken", instance.Taken)
		c.checkf(instance.Taken <= instance.Capacity, at+".taken", "must not be above capacity")
	}
}

func (c *seedCheck) pack(path string, p seedPackage, seen map[string]bool) {
	c.id(path, p.ID, seen)
	c.amount(path+".price", p.Price)
	c.duration(path, p.Duration)
	c.checkf(len(p.Categories) > 0, path+".categories", "must not be empty")
	kinds := map[gen.ProviderCategory]bool{}
	for i, one := range p.Categories {
		at := fmt.Sprintf("%s.categories[%d]", path, i)
		c.oneOf(at+".type", string(one.Type), gymKind, spaKind)
		c.checkf(!kinds[one.Type], at+".type", "is given twice")
		kinds[one.Type] = true
		c.checkf(len(one.Tiers) > 0, at+".tiers", "must not be empty")
		for j, tier := range one.Tiers {
			c.tier(fmt.Sprintf("%s.tiers[%d]", at, j), tier)
		}
		c.amount(at+".visits_allowed", one.VisitsAllowed)
		c.amount(at+".credit_allocated", one.CreditAllocated)
	}
}

func (c *seedCheck) provider(path string, p seedProvider, seen map[string]bool) {
	c.id(path, p.ID, seen)
	c.oneOf(path+".category", string(p.Category), gymKind, spaKind)
	c.tier(path+".tier", p.Tier)
	c.checkf(p.Lat >= -90 && p.Lat <= 90, path+".lat", "must be between -90 and 90")
	c.checkf(p.Lon >= -180 && p.Lon <= 180, path+".lon", "must be between -180 and 180")
	isSpa := string(p.Category) == spaKind
	c.checkf(isSpa || len(p.Services)+len(p.TakenSlots) == 0, path, "a gym has no services and slots")
	c.checkf(!isSpa || len(p.CopayPackages) == 0, path+".copay_packages", "a spa has none")
	services := map[string]bool{}
	for i, one := range p.Services {
		at := fmt.Sprintf("%s.services[%d]", path, i)
		c.id(at, one.ID, services)
		c.amount(at+".credits", one.Credits)
		c.amount(at+".price", one.Price)
	}
	for i, slot := range p.TakenSlots {
		c.time(fmt.Sprintf("%s.taken_slots[%d]", path, i), slot)
	}
	for i, one := range p.CopayPackages {
		at := fmt.Sprintf("%s.copay_packages[%d]", path, i)
		c.inside(at+".id", "copay", one.ID)
		c.checkf(one.VisitsAllowed > 0, at+".visits_allowed", "must be above 0")
		c.amount(at+".price", one.Price)
		if one.Duration != "" {
			c.duration(at, one.Duration)
		}
	}
}

func (c *seedCheck) people(users *seedFile) {
	seen := map[string]bool{}
	for i, one := range users.Issuers {
		path := fmt.Sprintf("issuers[%d]", i)
		c.id(path, one.ID, seen)
		c.account(path, one.Account)
		for _, id := range slices.Sorted(maps.Keys(one.AccessCodes)) {
			c.checkf(c.hasClient(one.Account, id), path+".access_codes."+id,
				"account %q has no such client", one.Account)
		}
	}
	seen = map[string]bool{}
	for i, one := range users.Clients {
		path := fmt.Sprintf("clients[%d]", i)
		c.form(path+".id", one.ID)
		c.checkf(!seen[one.key()], path+".id", "is given twice")
		seen[one.key()] = true
		if one.Account != "" {
			c.account(path, one.Account)
		}
		c.client(path, &users.Clients[i])
	}
}

func (c *seedCheck) account(path, name string) {
	if !slices.Contains(c.accounts, name) {
		c.fail(path+".account", &fakeserver.UnknownAccountError{Name: name})
	}
}

func (c *seedCheck) hasClient(account, id string) bool {
	return slices.ContainsFunc(c.all.Clients, func(one seedClient) bool {
		return one.ID == id && one.Account == account
	})
}

func (c *seedCheck) kindOf(provider string) string {
	at := slices.IndexFunc(c.all.Providers, func(p seedProvider) bool { return p.ID == provider })
	if at < 0 {
		return ""
	}
	return string(c.all.Providers[at].Category)
}
