package sandbox_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

// bent makes options of bends in their text.
func bent(t *testing.T, texts ...string) []sandbox.Option {
	t.Helper()
	bends := make([]sandbox.Bend, len(texts))
	for i, text := range texts {
		var err error
		bends[i], err = sandbox.ParseBend(text)
		require.NoError(t, err)
		assert.Equal(t, text, bends[i].String())
	}
	return []sandbox.Option{sandbox.WithDrift(bends...)}
}

func unknownPass(*rig) (gen.Request, error) { return gen.NewGetIssuedPassRequest("brgpass_none") }

// Each bend changes its part of the body, and the rest stays byte for byte.
func TestBendsOfBodies(t *testing.T) {
	paths := happyPaths()
	issue, list := paths[sandbox.IssuePass], paths[sandbox.ListClasses]
	for _, row := range []struct {
		bend     string
		step     step
		old, new string
	}{
		{"IssuePass: rename tx_ref reference", issue, `"tx_ref":`, `"reference":`},
		{"IssuePass: rename id ID", issue, `"id":"brgpass_0001"`, `"ID":"brgpass_0001"`},
		{"IssuePass: remove id", issue, `"id":"brgpass_0001",`, ``},
		{"IssuePass: remove categories[1].type", issue, `"type":"GYM",`, ``},
		{"IssuePass: add region {\"code\":\"NG\",\"n\":12345678901234567890}", issue, `949363200000}`, `949363200000,"region":{"code":"NG","n":12345678901234567890}}`},
		{"IssuePass: set status null", issue, `"status":"ACTIVE"`, `"status":null`},
		{`IssuePass: set status "ON HOLD"`, issue, `"status":"ACTIVE"`, `"status":"ON HOLD"`},
		{`IssuePass: set object "pass"`, issue, `"object":"issued_pass"`, `"object":"pass"`},
		{"IssuePass: case status lower", issue, `"status":"ACTIVE"`, `"status":"active"`},
		{"IssuePass: case client_id upper", issue, `"client_id":"client_ada"`, `"client_id":"CLIENT_ADA"`},
		{"IssuePass: retype status number", issue, `"status":"ACTIVE"`, `"status":1`},
		{"IssuePass: retype status boolean", issue, `"status":"ACTIVE"`, `"status":true`},
		{"IssuePass: retype status object", issue, `"status":"ACTIVE"`, `"status":{"value":"ACTIVE"}`},
		{"IssuePass: retype status list", issue, `"status":"ACTIVE"`, `"status":["ACTIVE"]`},
		{"IssuePass: retype categories[1] string", issue, `{"type":"GYM","duration":"MONTHLY","visits_allowed":8}`, `"{\"type\":\"GYM\",\"duration\":\"MONTHLY\",\"visits_allowed\":8}"`},
		{"IssuePass: retype created string", issue, `"created":946684800000`, `"created":"946684800000"`},
		{"IssuePass: time expires_at seconds", issue, `"expires_at":949363200000`, `"expires_at":949363200`},
		{"IssuePass: time expires_at microseconds", issue, `"expires_at":949363200000`, `"expires_at":949363200000000`},
		{"IssuePass: time expires_at iso", issue, `"expires_at":949363200000`, `"expires_at":"2000-02-01T00:00:00Z"`},
		{"IssuePass: time expires_at date", issue, `"expires_at":949363200000`, `"expires_at":"2000-02-01"`},
		{"BookClass: time scheduled_for milliseconds", paths[sandbox.BookClass], `"scheduled_for":946969200`, `"scheduled_for":946969200000`},
		{"ListClasses: remove has_more", list, `"has_more":false,`, ``},
		{"ListClasses: rename data items", list, `"data":`, `"items":`},
		{"ListClasses: remove data[1].id", list, `"id":"class_yoga",`, ``},
		{"ListClasses: remove data[0].id", list, `"id":"class_flow",`, ``},
		{"CancelBooking: rename refund.visits visits_refunded", paths[sandbox.CancelBooking], `{"visits":1}`, `{"visits_refunded":1}`},
		{"GetIssuedPass: rename error.code reason", unknownPass, `"code":`, `"reason":`},
		{`GetIssuedPass: set error.type "oops"`, unknownPass, `"type":"invalid_request_error"`, `"type":"oops"`},
		{"GetIssuedPass: unwrap error", unknownPass, ``, ``},
		{"ListClasses: unwrap data", list, ``, ``},
		{"ListClasses: wrap result", list, ``, ``},
		{"ListClasses: empty", list, ``, ``},
	} {
		t.Run(row.bend, func(t *testing.T) {
			var before, after string
			inBubble(t, func(g *rig) { before = string(g.send(row.step(g)).body) })
			inBubble(t, func(g *rig) {
				reply := g.send(row.step(g))
				after = string(reply.body)
				assert.Equal(t, strconv.Itoa(len(after)), reply.header.Get("Content-Length"))
			}, bent(t, row.bend)...)
			switch row.bend {
			case "GetIssuedPass: unwrap error":
				assert.Equal(t, before, `{"error":`+after+`}`)
			case "ListClasses: wrap result":
				assert.Equal(t, `{"result":`+before+`}`, after)
			case "ListClasses: unwrap data":
				assert.True(t, strings.HasPrefix(before, `{"object":"list","data":`+after+`,`), after)
			case "ListClasses: empty":
				assert.Empty(t, after)
			default:
				require.Contains(t, before, row.old)
				assert.Equal(t, strings.Replace(before, row.old, row.new, 1), after)
			}
		})
	}
}

func TestBendsComposeInTheirOrder(t *testing.T) {
	bends := sandbox.WithDrift(
		sandbox.RenameField(sandbox.GetClient, "id", "client_id"),
		sandbox.RetypeField(sandbox.GetClient, "client_id", "list"),
		sandbox.RemoveField(sandbox.GetClient, "created"),
		sandbox.AddField(sandbox.GetClient, "vip", true),
		sandbox.SetField(sandbox.GetClient, "vip", 1.50),
		sandbox.WrapBody(sandbox.GetClient, "client"),
		sandbox.RenameField(sandbox.GetClient, "client.last_name", "surname"),
		sandbox.RecaseField(sandbox.GetClient, "client.first_name", "upper"),
	)
	inBubble(t, func(g *rig) {
		const want = `{"client":{"object":"client","client_id":["client_ada"],"first_name":"ADA","surname":"Okafor","vip":1.5}}`
		assert.Equal(t, []byte(want), g.send(gen.NewGetClientRequest(g.Seed.ClientID)).body) //nolint:testifylint // byte for byte
	}, bends)
}

func TestBendsOfEveryOperationApplyWhereTheFieldIs(t *testing.T) {
	bends := sandbox.WithDrift(sandbox.RemoveField(sandbox.EveryOperation, "message"))
	for op, step := range happyPaths() {
		inBubble(t, func(g *rig) {
			assert.NotContains(t, string(g.send(step(g)).body), `"message"`, op)
		}, bends, sandbox.WithPreview())
	}
	inBubble(t, func(g *rig) {
		assert.Contains(t, string(g.send(unknownPass(g)).body), `"message"`, "errors have paths of their own")
	}, bends, sandbox.WithPreview())
}

// Operations without a bend respond as ever, byte for byte.
func TestBendsLeaveOtherOperationsAlone(t *testing.T) {
	bends := bent(t, "IssuePass: rename id pass", "IssuePass: status 201 200", "IssuePass: remove-header Bardge-Request-Id",
		"IssuePass: set error.code 1", "IssuePass: date 1h", "IssuePass: move /issue", "IssuePass: rename-request client_id client")
	for op, step := range happyPaths() {
		if op == sandbox.IssuePass {
			continue
		}
		var plain, other reply
		inBubble(t, func(g *rig) { plain = g.send(step(g)) }, sandbox.WithPreview())
		inBubble(t, func(g *rig) { other = g.send(step(g)) }, append(bends, sandbox.WithPreview())...)
		assert.Equal(t, string(plain.body), string(other.body), op)
		assert.Equal(t, plain.header, other.header, op)
		assert.Equal(t, plain.status, other.status, op)
	}
}

// What the idempotency layer replays is bent like the first response, and the
// operation is executed once.
func TestBendsOfReplays(t *testing.T) {
	inBubble(t, func(g *rig) {
		first, again := g.key("k").send(g.issue()), g.key("k").send(g.issue())
		assert.Equal(t, http.StatusAccepted, first.status)
		assert.Equal(t, http.StatusAccepted, again.status)
		assert.Equal(t, string(first.body), string(again.body))
		assert.Contains(t, string(again.body), `"reference":"FLW-TXN-0006"`)
		assert.Empty(t, again.header.Get(markHeader))
		assert.Equal(t, "1", again.header.Get("Replayed"))
		assert.Empty(t, first.header.Get("Replayed"))
		assert.Equal(t, []sandbox.Result{sandbox.ResultExecuted, sandbox.ResultReplayed}, g.results(sandbox.IssuePass))
		assert.Equal(t, http.StatusAccepted, g.Ledger()[0].Status, "as it was sent")
	}, sandbox.WithDrift(
		sandbox.RenameField(sandbox.IssuePass, "tx_ref", "reference"),
		sandbox.ChangeStatus(sandbox.IssuePass, http.StatusCreated, http.StatusAccepted),
		sandbox.SetHeader(sandbox.IssuePass, markHeader, "1"),
		sandbox.RenameHeader(sandbox.IssuePass, markHeader, "Replayed"),
	))
}

func TestBendsOfStatusesAndHeaders(t *testing.T) {
	inBubble(t, func(g *rig) {
		made := g.send(g.issue())
		assert.Equal(t, http.StatusOK, made.status)
		assert.Equal(t, "application/json; charset=iso-8859-1", made.header.Get("Content-Type"))
		assert.Empty(t, made.header.Values(idHeader))
		assert.Equal(t, "req_0001", made.header.Get("X-Request-ID"))
		assert.Equal(t, "Fri, 31 Dec 1999 23:55:00 GMT", made.header.Get("Date"))
		missing := g.send(unknownPass(g))
		assert.Equal(t, http.StatusUnprocessableEntity, missing.status)
		assert.Empty(t, missing.header.Values(idHeader))
		assert.Empty(t, missing.header.Values("Date"))
		cancelled := g.send(gen.NewCancelBookingRequest(g.booked()))
		assert.Equal(t, http.StatusNoContent, cancelled.status)
		assert.Empty(t, cancelled.body)
		assert.Empty(t, g.send(gen.NewListIssuersRequest(gen.ListIssuersParams{})).header.Values("Content-Type"))
		unknown := g.raw(http.MethodGet, g.base+"/nowhere", nil)
		assert.Equal(t, http.StatusGone, unknown.status, "also where no operation is")
	}, bent(t,
		"IssuePass: status 201 200", "IssuePass: set-header content-type application/json; charset=iso-8859-1",
		"IssuePass: rename-header bardge-request-id x-request-id", "IssuePass: date -5m0s",
		"GetIssuedPass: status 404 422", "GetIssuedPass: remove-header Bardge-Request-Id", "GetIssuedPass: remove-header Date",
		"CancelBooking: status 200 204", "*: status 404 410", "ListIssuers: remove-header content-type",
	)...)
}

func TestBendsOfTime(t *testing.T) {
	inBubble(t, func(g *rig) {
		began := time.Now()
		assert.Equal(t, "Sat, 01 Jan 2000 00:02:00 GMT", g.send(gen.NewListIssuersRequest(gen.ListIssuersParams{})).header.Get("Date"))
		assert.Equal(t, 3*time.Second, time.Since(began))
	}, sandbox.WithDrift(
		sandbox.ShiftDate(sandbox.ListIssuers, 2*time.Minute), sandbox.AddLatency(sandbox.EveryOperation, 3*time.Second)))
}

func TestBendsOfPaths(t *testing.T) {
	bends := sandbox.WithDrift(
		sandbox.MoveOperation(sandbox.GetIssuedPass, "/passes/{id}/issued"),
		sandbox.MoveOperation(sandbox.CancelBooking, "/cancellations/{bookingId}"),
	)
	moved := func(g *rig) {
		found := g.raw(http.MethodGet, g.base+"/passes/"+g.Seed.IssuedPassID+"/issued", nil)
		assert.Contains(t, read[gen.IssuedPass](found).ID, g.Seed.IssuedPassID)
		line := g.Ledger()[0]
		assert.Equal(t, sandbox.GetIssuedPass, line.Operation)
		odd := g.raw(http.MethodGet, g.base+"/passes/a%2Fb%20c/issued", nil)
		assert.Contains(t, odd.refused(http.StatusNotFound, gen.ErrorCodePassNotFound).Message, "a/b c")
		g.send(unknownPass(g)).refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		g.send(gen.NewListPassProvidersRequest(g.Seed.PassID, gen.ListPassProvidersParams{}))
		assert.Equal(t, 1, g.Executed(sandbox.ListPassProviders), "its neighbours stay")
		booking := g.booked()
		g.raw(http.MethodPost, g.base+"/cancellations/"+booking, nil)
		assert.Equal(t, 1, g.Executed(sandbox.CancelBooking))
		wrong := g.raw(http.MethodPost, g.base+"/passes/1/issued", nil)
		assert.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, wrong.status)
		assert.Equal(t, wrong.status == http.StatusMethodNotAllowed, wrong.header.Get("Allow") == http.MethodGet)
	}
	inBubble(t, moved, bends)
	t.Run("strict", func(t *testing.T) { inBubble(t, moved, bends, sandbox.WithStrict()) })
}

func TestBendsOfRequests(t *testing.T) {
	inBubble(t, func(g *rig) {
		body := func(text string) reply {
			return g.raw(http.MethodPost, g.base+"/issued_passes", []byte(text))
		}
		shown := body(`{"client_id":"client_ada","pass_id":"pass_premium","channel":"web"}`).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.Equal(t, "client is required", shown.Message)
		shown = body(`{"client":"client_ada","pass_id":"pass_premium"}`).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.Equal(t, "channel is required", shown.Message)
		shown = body(`{"client":"client_ada","pass_id":"pass_premium","channel":"web","email":"a"}`).
			refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
		assert.Equal(t, "email is no field of this operation", shown.Message)
		made := body(`{"client":"client_ada","pass_id":"pass_premium","channel":"web"}`)
		assert.Equal(t, "client_ada", read[gen.IssuedPass](made).ClientID)
		assert.Equal(t, 1, g.Executed(sandbox.IssuePass))
	}, sandbox.WithStrict(), sandbox.WithDrift(
		sandbox.RenameRequestField(sandbox.IssuePass, "client_id", "client"),
		sandbox.RefuseRequestField(sandbox.IssuePass, "email"),
		sandbox.RequireRequestField(sandbox.IssuePass, "channel"),
	))
}

// A bend that the contract does not allow is an error at the start, in words.
func TestBendsThatAreNone(t *testing.T) {
	for text, message := range map[string]string{
		"IssuePas: remove id":                             `no operation is named "IssuePas"`,
		"IssuePass: remove idd":                           `the response has no field "idd"`,
		"*: remove idd":                                   `no operation's response has a field "idd"`,
		"IssuePass: remove data[].id":                     `the response has no field "data[].id"`,
		"IssuePass: remove categories[]":                  `"categories[]" is an item of a list, not a field`,
		"IssuePass: remove categories..id":                `"categories..id" is no field, such as data[].id`,
		"IssuePass: remove error.cod":                     `the response has no field "error.cod"`,
		"IssuePass: rename id tx_ref":                     `there is a field "tx_ref" already`,
		"IssuePass: rename id a.b":                        `"a.b" is no name of a field`,
		"IssuePass: add id 1":                             `there is a field "id" already; see "set"`,
		"IssuePass: add new one":                          `"one" is no JSON value, such as 1, null or "text"`,
		"IssuePass: add nothing.new 1":                    `the response has no field "nothing.new"`,
		"IssuePass: set status ACTIVE":                    `"ACTIVE" is no JSON value, such as 1, null or "text"`,
		"IssuePass: retype id text":                       `a type is one of string, number, boolean, object, list, not "text"`,
		"IssuePass: time id iso":                          `"id" is no time`,
		"IssuePass: time created years":                   `a unit is one of seconds, milliseconds, microseconds, iso, date, not "years"`,
		"IssuePass: case created lower":                   `"created" is no text`,
		"IssuePass: case status title":                    `a case is one of upper, lower, not "title"`,
		"IssuePass: unwrap data":                          `the response has no field "data"`,
		"IssuePass: wrap a.b":                             `"a.b" is no name of a field`,
		"IssuePass: status 201 99":                        `"99" is no status from 200 to 599`,
		"IssuePass: status x 200":                         `"x" is no status from 200 to 599`,
		"IssuePass: remove-header ETag":                   `"ETag" is none of the headers Bardge-Request-Id, X-Idempotent-Replayed, Content-Type, Retry-After, Date`,
		"IssuePass: rename-header Date a b":               `"a b" is no name of a header`,
		"IssuePass: set-header Content-Type a\r\nSet: b":  `the value of a header is visible ASCII`,
		"IssuePass: date soon":                            `"soon" is no time, such as 90s`,
		"IssuePass: latency -1s":                          `a latency of -1s is negative`,
		"*: move /a":                                      `one operation moves at a time`,
		"IssuePass: move a":                               `"a" is no path, such as /passes/{id}`,
		"IssuePass: move /a/{id}":                         `"/a/{id}" must have the parameters of "/issued_passes"`,
		"BookClass: move /bookings/class":                 `"/bookings/class" is the operation's path already`,
		"IssuePass: status 201 201":                       `the statuses are the same`,
		"IssuePass: rename-request client client_id":      `requests have no such field`,
		"GetClient: rename-request client_id client":      `requests have no body`,
		"IssuePass: refuse-request client":                `requests have no such field`,
		"IssuePass: require-request client_id":            `requests have such a field`,
		"IssuePass: rename-request client_id client name": `"client name" is no name of a field`,
	} {
		b, err := sandbox.ParseBend(text)
		require.NoError(t, err, text)
		_, err = sandbox.New(sandbox.WithDrift(b))
		assert.EqualError(t, err, "sandbox: bend "+strconv.Quote(text)+": "+message, text)
	}
	_, err := sandbox.New(bent(t, "ListClasses: move /passes")...)
	assert.EqualError(t, err, "sandbox: bends: a path is another operation's, or is not well formed")
	_, err = sandbox.New(sandbox.WithDrift(sandbox.SetField(sandbox.IssuePass, "id", make(chan int))))
	assert.ErrorContains(t, err, "is no JSON value")
	_, err = sandbox.New(sandbox.WithDrift(sandbox.Bend{}))
	assert.ErrorContains(t, err, `no bend is named ""`)
	_, err = sandbox.New(sandbox.WithDrift(sandbox.RemoveField(sandbox.IssuePass, "")))
	assert.ErrorContains(t, err, "it is not of the form OPERATION: remove FIELD")
}
