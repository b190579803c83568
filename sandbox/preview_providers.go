package sandbox

import (
	"fmt"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
)

// The hours of the emulated spas; slots begin on the hour.
const (
	opens  = 8
	closes = 20
)

// ListProviderServices lists a spa's services, as they are in the seed.
func (s *state) ListProviderServices(
	r *http.Request, id string, params gen.ListProviderServicesParams,
) (*gen.ServiceDetailList, error) {
	at, err := s.provider("id", id, "")
	if err != nil {
		return nil, err
	}
	callOf(r).Touched(id)
	all := make([]gen.ServiceDetail, len(at.Services))
	for i, one := range at.Services {
		all[i] = gen.ServiceDetail{
			Object: "service", ID: one.ID, Name: one.Name, Price: one.Price, Currency: one.Currency,
			Credits: number(at.offers[one.ID].credits),
		}
	}
	window := window{params.StartingAfter, params.EndingBefore, params.Limit}
	return page(r, all, func(d gen.ServiceDetail) string { return d.ID }, window, "Services retrieved successfully")
}

// GetProviderAvailability lists the hours of a spa's day. A gym has none: its
// classes have places.
func (s *state) GetProviderAvailability(
	r *http.Request, id string, params gen.GetProviderAvailabilityParams,
) (*gen.Availability, error) {
	at, err := s.provider("id", id, "")
	if err != nil {
		return nil, err
	}
	if err := required(field{"date", params.Date}); err != nil {
		return nil, err
	}
	day, err := time.Parse(time.DateOnly, params.Date)
	if err != nil {
		return nil, invalid("date", "must look like 2026-05-10")
	}
	callOf(r).Touched(id)
	seen := &gen.Availability{
		Object: "availability", ProviderID: id, Date: params.Date, Slots: []gen.AvailabilitySlot{},
		Message: "Availability retrieved successfully",
	}
	for hour := opens; at.Category == gen.ProviderCategorySpa && hour < closes; hour++ {
		one := &appointment{spa: at, begins: day.Add(time.Duration(hour) * time.Hour)}
		seen.Slots = append(seen.Slots, gen.AvailabilitySlot{
			Time: fmt.Sprintf("%02d:00", hour), Available: one.free(s) == nil,
		})
	}
	return seen, nil
}
