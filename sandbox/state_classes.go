package sandbox

import (
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

type class struct {
	gen.Class

	gym       *provider
	credits   int // that a place costs
	instances []*instance
}

type instance struct {
	id     string
	class  *class
	begins time.Time
	places int
	taken  int
}

func (i *instance) view() gen.ClassInstance {
	return gen.ClassInstance{
		Object: "class_instance", ID: i.id, ClassID: i.class.ID, Date: i.begins.Format(time.DateOnly),
		Time: i.begins.Format(clockTime), ScheduledFor: wire.Seconds{Time: i.begins},
		Capacity: i.places, AvailableSpots: i.places - i.taken,
	}
}

func (s *state) ListClasses(r *http.Request, params gen.ListClassesParams) (*gen.ClassList, error) {
	wanted := func(c *class) bool {
		return (params.ProviderID == "" || params.ProviderID == c.ProviderID) &&
			(params.CategoryID == "" || params.CategoryID == c.CategoryID)
	}
	all := views(s.classes, wanted, func(c *class) gen.Class { return c.Class })
	at := window{params.StartingAfter, params.EndingBefore, params.Limit}
	return page(r, all, func(c gen.Class) string { return c.ID }, at, "Classes retrieved successfully")
}

func (s *state) GetClass(r *http.Request, id string) (*gen.Class, error) {
	found := s.classes.byID[id]
	if found == nil {
		return nil, notFound("class", id)
	}
	callOf(r).Touched(id)
	seen := found.Class
	for _, i := range found.instances {
		seen.Instances = append(seen.Instances, i.view())
	}
	return &seen, nil
}

func (i *instance) at() *provider { return i.class.gym }

func (i *instance) free(s *state) error {
	switch {
	case i.taken >= i.places:
		return conflict(gen.ErrorCodeClassFull, "This class has no place left")
	case i.begins.Before(s.now()):
		return invalid("class_instance_id", "names a class that has begun")
	default:
		return nil
	}
}

func (i *instance) take(_ *state, hold bool) {
	if hold {
		i.taken++
	} else {
		i.taken--
	}
}

func (i *instance) describe(b *gen.Booking) (begins time.Time) {
	b.Type, b.ClassName, b.ProviderName = gen.BookingTypeClass, i.class.Name, i.class.ProviderName
	b.VisitsDeducted = 1
	return i.begins
}

func (i *instance) purpose() string { return "Class booking — " + i.class.Name }
