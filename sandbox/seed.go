package sandbox

import "time"

// Seed holds what exists from the start, so that a test can begin anywhere; a
// seed of your own ([WithSeed]) adds to it. Ids are the same in every sandbox
// and in every account that is added to it; dates follow the day on which the
// sandbox was made, in UTC.
type Seed struct {
	// PassID is a pass package to issue: for spas, and for gyms with 8 visits,
	// of all tiers.
	PassID string
	// TrialPassID is a package for gyms of the standard tier, with 1 visit.
	TrialPassID string
	// UnlimitedPassID is a package for gyms of the standard tier, with no limit
	// of visits.
	UnlimitedPassID string
	// SpaPassID is a package for spas of the standard tier and for no gym.
	SpaPassID string

	// ClientID is a client of the reseller, with 50 credits and the passes
	// below.
	ClientID string
	// IssuedPassID is a pass with visits left: a class is booked at once.
	IssuedPassID string
	// UsedUpPassID is a pass whose visits are used up: a class needs more
	// visits.
	UsedUpPassID string
	// UncoveredPassID is a pass that covers neither gym nor SpaID: a class, or
	// an appointment, needs a co-pay.
	UncoveredPassID string
	// PoorClientID is a client of the reseller without credits, with a pass for
	// everything.
	PoorClientID string

	// GymID is a gym of the standard tier.
	GymID string
	// CopayPackageID is a co-pay package of GymID, for 4 visits.
	CopayPackageID string
	// ClassCategoryID is the category of all classes.
	ClassCategoryID string
	// ClassID is a class at GymID, with the first three instances below.
	ClassID string
	// ClassInstanceID has 20 places left.
	ClassInstanceID string
	// LastPlaceInstanceID has 1 place left.
	LastPlaceInstanceID string
	// FullInstanceID has no place left.
	FullInstanceID string
	// CreditInstanceID is of another class at GymID; a place costs 3 credits on
	// top of the visit.
	CreditInstanceID string

	// SpaID is a spa of the premium tier.
	SpaID string
	// ServiceID is a service of SpaID that costs 5 credits, or 20000 by co-pay.
	ServiceID string
	// FreeServiceID is a service of SpaID that costs no credits, or 5000 by
	// co-pay.
	FreeServiceID string
	// SlotDate is a day on which SpaID has free slots.
	SlotDate string
	// SlotTime is a time on SlotDate at which SpaID is free, as it is at any
	// other in the future but TakenSlotTime.
	SlotTime string
	// TakenSlotTime is a time on SlotDate at which SpaID is taken.
	TakenSlotTime string

	// CreditPackageID is a package of 50 credits.
	CreditPackageID string

	// IssuerID is another reseller, whose clients can be looked up.
	IssuerID string
	// OtherClientID is a client of that reseller, with a pass for everything
	// and 20 credits. Acting for it requires a lookup token.
	OtherClientID string
	// OtherAccessCode is the access code that this client got from the issuer,
	// for [VerifyLookup].
	OtherAccessCode string
	// OtherAPIKey is the API key of that reseller.
	OtherAPIKey string
}

func seedOf(now time.Time, otherAPIKey string) Seed {
	return Seed{ //nolint:gosec // made up, for everybody to read
		PassID:          "pass_premium",
		TrialPassID:     "pass_trial",
		UnlimitedPassID: "pass_unlimited",
		SpaPassID:       "pass_spa",

		ClientID:        "client_ada",
		IssuedPassID:    "brgpass_ada",
		UsedUpPassID:    "brgpass_ada_trial",
		UncoveredPassID: "brgpass_ada_spa",
		PoorClientID:    "client_ben",

		GymID:               "gym_fitzone",
		CopayPackageID:      "copay_fitzone",
		ClassCategoryID:     "category_yoga",
		ClassID:             "class_yoga",
		ClassInstanceID:     "ci_yoga",
		LastPlaceInstanceID: "ci_yoga_last",
		FullInstanceID:      "ci_yoga_full",
		CreditInstanceID:    "ci_flow",

		SpaID:         "spa_zen",
		ServiceID:     "service_massage",
		FreeServiceID: "service_sauna",
		SlotDate:      now.UTC().AddDate(0, 0, seedDays).Format(time.DateOnly),
		SlotTime:      "14:00",
		TakenSlotTime: "15:00",

		CreditPackageID: "credits_50",

		IssuerID:        "issuer_wellbeing",
		OtherClientID:   "client_chi",
		OtherAccessCode: "246810",
		OtherAPIKey:     otherAPIKey,
	}
}

const seedDays = 3 // from the making of the sandbox to SlotDate, as in seed.json
