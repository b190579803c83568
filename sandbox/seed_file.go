package sandbox

import (
	_ "embed"

	"github.com/bardge/bardge-go/gen"
)

// builtInSeed is what every sandbox holds at first, and an example of the
// format; see [WithSeed].
//
//go:embed seed.json
var builtInSeed []byte

// seedFile is the content of a seed.
type seedFile struct {
	Packages       []seedPackage  `json:"packages"`
	Providers      []seedProvider `json:"providers"`
	ClassKinds     []seedNamed    `json:"class_categories"`
	Classes        []seedClass    `json:"classes"`
	CreditPackages []seedCredits  `json:"credit_packages"`
	Issuers        []seedIssuer   `json:"issuers"`
	Clients        []seedClient   `json:"clients"`
}

type seedNamed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type seedPackage struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Price      int              `json:"price"`
	Duration   gen.PassDuration `json:"duration"`
	Categories []struct {
		Type            gen.ProviderCategory `json:"type"`
		Tiers           []gen.ProviderTier   `json:"tiers"`
		VisitsAllowed   int                  `json:"visits_allowed"` // 0: no limit
		CreditAllocated int                  `json:"credit_allocated"`
	} `json:"categories"`
}

type seedProvider struct {
	ID       string               `json:"id"`
	Name     string               `json:"name"`
	Category gen.ProviderCategory `json:"category"`
	Tier     gen.ProviderTier     `json:"tier"`
	City     string               `json:"city"`
	Lat      float64              `json:"lat"`
	Lon      float64              `json:"lon"`
	Services []struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Credits int    `json:"credits"` // for a client whose pass covers the spa
		Price   int    `json:"price"`   // for others
	} `json:"services"`
	CopayPackages []struct {
		ID            string           `json:"id"`
		Name          string           `json:"name"`
		Duration      gen.PassDuration `json:"duration"`
		VisitsAllowed int              `json:"visits_allowed"`
		Price         int              `json:"price"`
	} `json:"copay_packages"`
	TakenSlots []seedTime `json:"taken_slots"`
}

// seedTime is a time of a day, in UTC, counted from the day on which the
// sandbox was made or reset.
type seedTime struct {
	InDays int    `json:"in_days"`
	Time   string `json:"time"`
}

type seedClass struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	ProviderID string         `json:"provider_id"`
	CategoryID string         `json:"category_id"`
	Credits    int            `json:"credits"` // that a place costs on top of the visit
	Instances  []seedInstance `json:"instances"`
}

type seedInstance struct {
	seedTime

	ID       string `json:"id"`
	Capacity int    `json:"capacity"`
	Taken    int    `json:"taken"`
}

type seedCredits struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Credits int    `json:"credits"`
	Price   int    `json:"price"`
}

type seedIssuer struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Account     string            `json:"account"`
	AccessCodes map[string]string `json:"access_codes"` // by client id
}

type seedClient struct {
	ID          string         `json:"id"`
	Account     string         `json:"account"` // "": the client exists in every account but an issuer's
	FirstName   string         `json:"first_name"`
	LastName    string         `json:"last_name"`
	Email       string         `json:"email"`
	Phone       string         `json:"phone"`
	Credits     int            `json:"credits"`
	CopayVisits map[string]int `json:"copay_visits"` // by gym
	Passes      []seedPass     `json:"passes"`
}

type seedPass struct {
	ID            string         `json:"id"`
	PassID        string         `json:"pass_id"`
	ExpiresInDays *int           `json:"expires_in_days"` // nil: the package's duration; 0 or less: it has ended
	Used          map[string]int `json:"used"`            // visits, by category
	Bought        map[string]int `json:"bought"`          // visits on top of the package's, by category
}
