package sandbox

import (
	_ "embed"
	"slices"

	"github.com/bardge/bardge-go/gen"
)

// builtInSeed is what every sandbox holds at first, and an example of the
// format; see [WithSeed].
//
//go:embed seed.json
var builtInSeed []byte

// seedFile is the content of a seed.
type seedFile struct {
	Packages       []seedPackage  `json:"packages,omitempty"`
	Providers      []seedProvider `json:"providers,omitempty"`
	ClassKinds     []seedNamed    `json:"class_categories,omitempty"`
	Classes        []seedClass    `json:"classes,omitempty"`
	CreditPackages []seedCredits  `json:"credit_packages,omitempty"`
	Issuers        []seedIssuer   `json:"issuers,omitempty"`
	Clients        []seedClient   `json:"clients,omitempty"`
}

type seedNamed struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type seedPackage struct {
	ID         string           `json:"id"`
	Name       string           `json:"name,omitempty"`
	Price      int              `json:"price,omitempty"`
	Duration   gen.PassDuration `json:"duration,omitempty"`
	Categories []struct {
		Type            gen.ProviderCategory `json:"type,omitempty"`
		Tiers           []gen.ProviderTier   `json:"tiers,omitempty"`
		VisitsAllowed   int                  `json:"visits_allowed,omitempty"` // 0: no limit
		CreditAllocated int                  `json:"credit_allocated,omitempty"`
	} `json:"categories,omitempty"`
}

type seedProvider struct {
	ID       string               `json:"id"`
	Name     string               `json:"name,omitempty"`
	Category gen.ProviderCategory `json:"category,omitempty"`
	Tier     gen.ProviderTier     `json:"tier,omitempty"`
	City     string               `json:"city,omitempty"`
	Lat      float64              `json:"lat,omitempty"`
	Lon      float64              `json:"lon,omitempty"`
	Services []struct {
		ID      string `json:"id"`
		Name    string `json:"name,omitempty"`
		Credits int    `json:"credits,omitempty"` // for a client whose pass covers the spa
		Price   int    `json:"price,omitempty"`   // for others
	} `json:"services,omitempty"`
	CopayPackages []struct {
		ID            string           `json:"id"`
		Name          string           `json:"name,omitempty"`
		Duration      gen.PassDuration `json:"duration,omitempty"`
		VisitsAllowed int              `json:"visits_allowed,omitempty"`
		Price         int              `json:"price,omitempty"`
	} `json:"copay_packages,omitempty"`
	TakenSlots []seedTime `json:"taken_slots,omitempty"`
}

// seedTime is a time of a day, in UTC: of a date, or of one counted from the day
// on which the sandbox was made or reset.
type seedTime struct {
	InDays int    `json:"in_days,omitempty"`
	Date   string `json:"date,omitempty"`
	Time   string `json:"time,omitempty"`
}

type seedClass struct {
	ID         string         `json:"id"`
	Name       string         `json:"name,omitempty"`
	ProviderID string         `json:"provider_id,omitempty"`
	CategoryID string         `json:"category_id,omitempty"`
	Credits    int            `json:"credits,omitempty"` // that a place costs on top of the visit
	Instances  []seedInstance `json:"instances,omitempty"`
}

type seedInstance struct {
	seedTime

	ID       string `json:"id"`
	Capacity int    `json:"capacity,omitempty"`
	Taken    int    `json:"taken,omitempty"` // besides the places of the seed's bookings
}

type seedCredits struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	Credits int    `json:"credits,omitempty"`
	Price   int    `json:"price,omitempty"`
}

type seedIssuer struct {
	ID          string            `json:"id"`
	Name        string            `json:"name,omitempty"`
	Account     string            `json:"account,omitempty"`
	AccessCodes map[string]string `json:"access_codes,omitempty"` // by client id
}

// seedClient is a client. What its bookings took is left out of its balances
// already: of credits and bought visits, and in what passes have used.
type seedClient struct {
	ID          string         `json:"id"`
	Account     string         `json:"account,omitempty"` // "": the client exists in every account but an issuer's
	FirstName   string         `json:"first_name,omitempty"`
	LastName    string         `json:"last_name,omitempty"`
	Email       string         `json:"email,omitempty"`
	Phone       string         `json:"phone,omitempty"`
	Credits     int            `json:"credits,omitempty"`
	CopayVisits map[string]int `json:"copay_visits,omitempty"` // by gym
	SpaVisits   []seedSpaVisit `json:"spa_visits,omitempty"`
	Passes      []seedPass     `json:"passes,omitempty"`
	Bookings    []seedBooking  `json:"bookings,omitempty"`
}

// seedSpaVisit is a spa visit that was bought by co-pay.
type seedSpaVisit struct {
	ID         string `json:"copay_purchase_id"`
	ProviderID string `json:"provider_id"`
	Used       bool   `json:"used,omitempty"` // by a booking
}

type seedPass struct {
	ID            string         `json:"id"`
	PassID        string         `json:"pass_id"`
	ExpiresInDays *int           `json:"expires_in_days,omitempty"` // 0 or less: it has ended
	ExpiresAt     string         `json:"expires_at,omitempty"`      // without both: the package's duration
	Used          map[string]int `json:"used,omitempty"`            // visits, by category
	Bought        map[string]int `json:"bought,omitempty"`          // visits on top of the package's, by category
}

// seedBooking is a booking: of a place in a class, or of services of a spa at a
// time. It is paid with a visit of a pass, a visit that was bought by co-pay, or
// a spa visit, and with credits.
type seedBooking struct {
	seedTime // of a spa

	ID              string            `json:"id"`
	Account         string            `json:"account,omitempty"` // who made it; "": the client's
	Status          gen.BookingStatus `json:"status,omitempty"`  // PENDING, CANCELLED or RESCHEDULED; "" is PENDING
	ClassInstanceID string            `json:"class_instance_id,omitempty"`
	ProviderID      string            `json:"provider_id,omitempty"`
	ServiceIDs      []string          `json:"service_ids,omitempty"`
	PassID          string            `json:"user_pass_id,omitempty"`
	CopayVisit      bool              `json:"copay_visit,omitempty"`
	CopayPurchaseID string            `json:"copay_purchase_id,omitempty"`
	Credits         int               `json:"credits,omitempty"`
}

// closed reports whether the booking holds neither a place nor its price.
func (b *seedBooking) closed() bool {
	return b.Status.Is(gen.BookingCancelled) || b.Status.Is(gen.BookingRescheduled)
}

// clientsOf returns the clients that an account begins with: its own, and,
// unless it is an issuer's, those that name no account and are not replaced.
func (f *seedFile) clientsOf(account string) []seedClient {
	issues := slices.ContainsFunc(f.Issuers, func(i seedIssuer) bool { return i.Account == account })
	own := map[string]bool{}
	for i := range f.Clients {
		if f.Clients[i].Account == account {
			own[f.Clients[i].ID] = true
		}
	}
	var all []seedClient
	for _, one := range f.Clients {
		if one.Account == account || one.Account == "" && !issues && !own[one.ID] {
			all = append(all, one)
		}
	}
	return all
}
