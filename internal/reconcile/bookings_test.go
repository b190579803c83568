package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	bookClass = `{"client_id":"ada","class_instance_id":"ci_1"}`
	bookSpa   = `{"client_id":"ada","date":"2000-01-04","time":"07:00"}`
)

func booking(id, clock string, created int) string {
	return fmt.Sprintf(`{"id":%q,"client_id":"ada","type":"Class","status":"CONFIRMED","class_name":"Yoga",`+
		`"provider_name":"Gym","date":"2000-01-04","time":%q,"scheduled_for":947000000,"visits_deducted":2,"created":%d}`,
		id, clock, created)
}

func instance(id, clock string) string {
	return `{"id":"` + id + `","date":"2000-01-04","time":"` + clock + `"}`
}

func yoga(id string, instances ...string) string {
	return `{"id":"` + id + `","name":"Yoga","provider_name":"Gym","instances":` + list(instances...) + `}`
}

func list(items ...string) string { return "[" + strings.Join(items, ",") + "]" }

func oneClass(bookings ...string) readings {
	return readings{
		"ListClientBookings ada": list(bookings...),
		"ListClasses ":           list(yoga("c1")),
		"GetClass c1":            yoga("c1", instance("ci_1", "07:00")),
	}
}

// Two instances of one name, date and time are equal in a booking.
func TestJ11_AnInstanceThatLooksLikeAnotherProvesNothing(t *testing.T) {
	seven, eight := booking("b1", "07:00", intent), booking("b1", "08:00", intent)
	for name, row := range map[string]struct {
		bookings, first, second string // instances of two classes of one name
		proves                  bool
	}{
		"one instance":                      {bookings: list(seven), first: list(instance("ci_1", "07:00")), second: `[]`, proves: true},
		"another of the day":                {bookings: list(seven), first: list(instance("ci_1", "07:00"), instance("ci_2", "08:00")), second: `[]`, proves: true},
		"another of the time":               {bookings: list(seven), first: list(instance("ci_1", "07:00"), instance("ci_2", "07:00")), second: `[]`},
		"another of the time, other branch": {bookings: list(seven), first: list(instance("ci_1", "07:00")), second: list(instance("ci_2", "07:00"))},
		"the API shows no time":             {bookings: list(booking("b1", "", intent)), first: list(instance("ci_1", "")), second: `[]`},
		"the instance is gone":              {bookings: list(seven), first: list(instance("ci_2", "07:00")), second: `[]`},
		"two bookings":                      {bookings: list(seven, seven), first: list(instance("ci_1", "07:00")), second: `[]`},
		"a booking of another instance":     {bookings: list(eight), first: list(instance("ci_1", "07:00"), instance("ci_2", "08:00")), second: `[]`},
		"bookings of two instances":         {bookings: list(seven, eight), first: list(instance("ci_1", "07:00"), instance("ci_2", "08:00")), second: `[]`, proves: true},
		"a spa":                             {bookings: list(strings.Replace(seven, "Class", "spa", 1)), first: list(instance("ci_1", "07:00")), second: `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			whole := func(id, instances string) string {
				return strings.Replace(yoga(id), `"instances":[]`, `"instances":`+instances, 1)
			}
			assert.Equal(t, row.proves, proves(t, readings{
				"ListClientBookings ada": row.bookings,
				"ListClasses ":           list(yoga("c1"), yoga("c2"), `{"id":"c3","name":"Spin","provider_name":"Gym"}`),
				"GetClass c1":            whole("c1", row.first),
				"GetClass c2":            whole("c2", row.second),
			}.pending("BookClass", bookClass)))
		})
	}
}

func TestJ11_AMatchIsOfTheOperationsTime(t *testing.T) {
	for created, want := range map[int]bool{
		intent - 6: false, intent - 5: true, intent + 95: true, intent + 96: false, 0: false,
	} {
		o := oneClass(booking("b1", "07:00", created)).pending("BookClass", bookClass)
		assert.Equal(t, want, proves(t, o), created-intent)
	}
}

func TestR32_AMatchOfACallWithALongDeadline(t *testing.T) {
	for created, want := range map[int]bool{intent - 6: false, intent + 695: true, intent + 696: false} {
		o := oneClass(booking("b1", "07:00", created)).pending("BookClass", bookClass)
		o.SentWithin = 10 * time.Minute
		assert.Equal(t, want, proves(t, o), created-intent)
	}
}

func TestJ11_AClassWithoutANameProvesNothing(t *testing.T) {
	for _, field := range []string{`"Yoga"`, `"Gym"`, `"2000-01-04"`} {
		api := oneClass(booking("b1", "07:00", intent))
		for name, shown := range api {
			api[name] = strings.ReplaceAll(shown, field, `""`)
		}
		assert.False(t, proves(t, api.pending("BookClass", bookClass)), field)
	}
}

func TestJ11_ABookingOfASpaIsEvidenceAndNoProof(t *testing.T) {
	spa := func(id, clock string, created int) string {
		return strings.Replace(booking(id, clock, created), "Class", "Spa", 1)
	}
	otherDay := strings.Replace(spa("b4", "07:00", intent), "2000-01-04", "2000-01-05", 1)
	for evidence, bookings := range map[string]string{
		"no booking of that time": list(spa("b1", "08:00", intent), spa("b2", "07:00", intent+96),
			booking("b3", "07:00", intent), otherDay),
		"has booking <b1>, <b2> for": list(spa("b1", "07:00", intent), spa("b2", "07:00", intent)),
	} {
		r, err := readings{"ListClientBookings ada": bookings}.pending("BookSpa", bookSpa).Reconcile(t.Context())
		require.NoError(t, err)
		assert.Contains(t, r.Evidence, evidence)
		assert.Nil(t, r.Response)
	}
}
