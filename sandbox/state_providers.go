package sandbox

import (
	"cmp"
	"math"
	"net/http"
	"slices"

	"github.com/bardge/bardge-go/gen"
)

func (s *state) ListProviders(r *http.Request, params gen.ListProvidersParams) (*gen.ProviderList, error) {
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	return s.pageOfProviders(r, every, at, params.Lat, params.Lon)
}

func (s *state) ListPassProviders(
	r *http.Request, id string, params gen.ListPassProvidersParams,
) (*gen.ProviderList, error) {
	pack := s.packages.byID[id]
	if pack == nil {
		return nil, passNotFound(id)
	}
	callOf(r).Touched(id)
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	unlocked := func(p *provider) bool { return covering(pack, p) != nil }
	return s.pageOfProviders(r, unlocked, at, params.Lat, params.Lon)
}

func (s *state) unlockedBy(pack *gen.Pass) int {
	n := 0
	for _, p := range s.providers.all {
		if covering(pack, p) != nil {
			n++
		}
	}
	return n
}

// pageOfProviders orders the providers newest first or, with a position,
// nearest first (documented).
func (s *state) pageOfProviders(
	r *http.Request, passes func(*provider) bool, at window, lat, lon *float64,
) (*gen.ProviderList, error) {
	all := views(s.providers, passes, func(p *provider) gen.Provider { return p.Provider })
	switch {
	case lat != nil && lon != nil:
		slices.SortStableFunc(all, func(a, b gen.Provider) int {
			return cmp.Compare(distance(a, *lat, *lon), distance(b, *lat, *lon))
		})
	case lat != nil:
		return nil, invalid("lon", "is required together with lat")
	case lon != nil:
		return nil, invalid("lat", "is required together with lon")
	}
	id := func(p gen.Provider) string { return p.ID }
	return page(r, all, id, at, "Providers retrieved successfully")
}

// covering returns the part of a package that covers a provider's kind and
// tier, or nil.
func covering(pack *gen.Pass, p *provider) *gen.PassCategory {
	for i, category := range pack.Categories {
		if category.Type == p.Category && slices.Contains(category.Tiers, p.Tier) {
			return &pack.Categories[i]
		}
	}
	return nil
}

// distance returns the angle between a provider and a place on a sphere, by the
// haversine formula.
func distance(p gen.Provider, lat, lon float64) float64 {
	const degree = math.Pi / 180
	half := func(a, b float64) float64 {
		sine := math.Sin((a - b) * degree / 2)
		return sine * sine
	}
	h := half(p.Lat, lat) + math.Cos(p.Lat*degree)*math.Cos(lat*degree)*half(p.Lon, lon)
	return 2 * math.Asin(math.Sqrt(min(h, 1)))
}
