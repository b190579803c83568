package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/reconcile"
)

func TestJ11_AnExpiryIsProofIfNothingElseWasRequested(t *testing.T) {
	for name, row := range map[string]struct {
		body, pass string
		proves     bool
	}{
		"as requested":                {body: `{"expires_at":946685400000}`, pass: `{"expires_at":946685400000}`, proves: true},
		"a millisecond off":           {body: `{"expires_at":946685400000}`, pass: `{"expires_at":946685400001}`},
		"more is requested":           {body: `{"expires_at":946685400000,"add_visits":5}`, pass: `{"expires_at":946685400000}`},
		"no expiry is requested":      {body: `{"expires_at":null}`, pass: `{}`},
		"another change is requested": {body: `{"add_visits":5}`, pass: `{}`},
		"the pass shows none":         {body: `{"expires_at":946685400000}`, pass: `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			o := readings{"GetIssuedPass p1": row.pass}.pending("UpdateIssuedPassExpiry", row.body)
			o.PathID = "p1"
			assert.Equal(t, row.proves, proves(t, o))
		})
	}
}

const issuePass = `{"client_id":"ada","pass_id":"p1"}`

func ref(id, pack string, created int) string {
	return fmt.Sprintf(`{"id":%q,"pass_id":%q,"pass_name":"Premium","status":"ACTIVE","created":%d000,"expires_at":949363800000}`,
		id, pack, created)
}

func passes(refs ...string) string { return `{"id":"ada","passes":` + list(refs...) + `}` }

func TestJ11_OnlyTheClientsOnePassOfPackageAndTimeCounts(t *testing.T) {
	mine := ref("x1", "p1", intent)
	for name, row := range map[string]struct {
		client string
		proves bool
	}{
		"of package and time":          {passes(mine), true},
		"beside one from before":       {passes(mine, ref("x0", "p1", intent-6)), true},
		"beside one from afterwards":   {passes(ref("x2", "p1", intent+96), mine), true},
		"of another package":           {passes(ref("x1", "p2", intent)), false},
		"too early":                    {passes(ref("x1", "p1", intent-6)), false},
		"too late":                     {passes(ref("x1", "p1", intent+96)), false},
		"two of the time":              {passes(mine, ref("x2", "p1", intent)), false},
		"another package's, same time": {passes(mine, ref("x2", "p2", intent)), false},
		"beside one without a time":    {passes(mine, `{"id":"x2","pass_id":"p2"}`), false},
		"without a time":               {passes(`{"id":"x1","pass_id":"p1"}`), false},
		"without a package":            {passes(`{"id":"x1","created":946685400000}`), false},
		"without an id":                {passes(`{"pass_id":"p1","created":946685400000}`), false},
		"no passes":                    {passes(), false},
		"the API shows none":           {`{"id":"ada"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, row.proves, proves(t, readings{"GetClient ada": row.client}.pending("IssuePass", issuePass)))
		})
	}
}

func TestJ11_ARequestWithoutAPackageProvesNothing(t *testing.T) {
	api := readings{"GetClient ada": passes(ref("x1", "", intent))}
	assert.False(t, proves(t, api.pending("IssuePass", `{"client_id":"ada"}`)))
}

func TestJ11_AClientWhomTheAPIDoesNotKnowProvesNothing(t *testing.T) {
	o := readings{}.pending("IssuePass", issuePass)
	o.Read = func(context.Context, string, string, any) error { return reconcile.ErrNotFound }
	assert.False(t, proves(t, o))
}

func TestJ11_APackageIsEvidenceAndNoProof(t *testing.T) {
	for body, evidence := range map[string]string{
		`{"user_pass_id":"p1","pass_id":"trial"}`:   "issued pass <p1> has the requested package <trial>, perhaps from before",
		`{"user_pass_id":"p1","pass_id":"premium"}`: "issued pass <p1> has package <trial>, not <premium>",
		`{"user_pass_id":"p1"}`:                     "issued pass <p1> does not show what was to be changed",
	} {
		r, err := readings{"GetIssuedPass p1": `{"pass_id":"trial"}`}.pending("UpdateIssuedPass", body).Reconcile(t.Context())
		require.NoError(t, err)
		assert.Equal(t, evidence, r.Evidence)
		assert.Nil(t, r.Response)
	}
}

const purchaseCredits = `{"client_id":"ada","package_id":"p1"}`

func moved(kind, amount, description string, stamp int64) string {
	return fmt.Sprintf(`{"transactions":[{"type":%q,"amount":%s,"description":%q,"timestamp":%d}]}`,
		kind, amount, description, stamp)
}

func TestJ11_OnlyACreditOfThePackagesSizeAndNameCounts(t *testing.T) {
	const (
		packs = `[{"id":"other","name":"50 Pack","credits":50},{"id":"p1","name":"20 Pack","credits":20}]`
		then  = intent * 1000
		none  = `[{"id":"other","name":"50 Pack","credits":50}]`
	)
	bought := moved("CREDIT", "20", "Bought: 20 Pack", then)
	for name, row := range map[string]struct {
		packs, credits string
		proves         bool
	}{
		"of size and name":            {packs, bought, true},
		"written otherwise":           {packs, moved("credit", "20.0", "Bought: 20 Pack", then), true},
		"taken, not given":            {packs, moved("DEBIT", "20", "Returned: 20 Pack", then), false},
		"of another size":             {packs, moved("CREDIT", "50", "Bought: 20 Pack", then), false},
		"of another name":             {packs, moved("CREDIT", "20", "Refund", then), false},
		"without a time":              {packs, moved("CREDIT", "20", "Bought: 20 Pack", 0), false},
		"too early":                   {packs, moved("CREDIT", "20", "Bought: 20 Pack", then-5001), false},
		"too late":                    {packs, moved("CREDIT", "20", "Bought: 20 Pack", then+95001), false},
		"two movements":               {packs, strings.Replace(bought, "}]", "},"+bought[len(`{"transactions":[`):len(bought)-2]+"]", 1), false},
		"no movement":                 {packs, `{}`, false},
		"the package is not for sale": {none, bought, false},
		"the package has no size":     {`[{"id":"p1","name":"20 Pack"}]`, bought, false},
		"the package has no name":     {`[{"id":"p1","credits":20}]`, moved("CREDIT", "20", "Refund", then), false},
		"no size is not no amount": {
			`[{"id":"p1","name":"20 Pack"}]`,
			`{"transactions":[{"type":"CREDIT","description":"20 Pack","timestamp":946685400000}]}`, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			api := readings{"ListCreditPackages ": row.packs, "GetClientCredits ada": row.credits}
			assert.Equal(t, row.proves, proves(t, api.pending("PurchaseCredits", purchaseCredits)))
		})
	}
}

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
