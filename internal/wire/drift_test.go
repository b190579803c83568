package wire_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

type ticket struct {
	Object string      `json:"object"`
	ID     string      `json:"id"`
	Price  json.Number `json:"price"`
	Seats  int         `json:"seats"`
	Note   string      `json:"note"`
	Parts  []ticket    `json:"parts"`
	Tags   []string    `json:"tags"`
}

var (
	ticketType = &wire.Type{Name: "Ticket", Expected: 1 << 1, Fields: []wire.Field{
		{Name: "object", Want: "string"},
		{Name: "id", Want: "string"},
		{Name: "price", Want: "number"},
		{Name: "seats", Want: "integer"},
		{Name: "note", Want: "string"},
		{Name: "parts", Want: "array"},
		{Name: "tags", Want: "array"},
	}}
	ticketPage = wire.PageType("Tickets")
)

var ticketTags = wire.Tags{Own: []string{"ticket"}}

func readTicket(r *wire.Reader, v *ticket) {
	var seen uint64
	for name, ok := r.Object(ticketType); ok; name, ok = r.Next() {
		switch string(name) {
		case "object":
			wire.ReadText(r.Exact(), &v.Object)
			seen |= r.Saw(0)
		case "id":
			wire.ReadText(r.Exact(), &v.ID)
			seen |= r.Saw(1)
		case "price":
			wire.ReadNumber(r.Exact(), &v.Price)
			seen |= r.Saw(2)
		case "seats":
			wire.ReadInt(r, &v.Seats)
			seen |= r.Saw(3)
		case "note":
			wire.ReadText(r, &v.Note)
			seen |= r.Saw(4)
		case "parts":
			wire.ReadList(r, &v.Parts, readTicket)
			seen |= r.Saw(5)
		case "tags":
			wire.ReadList(r, &v.Tags, wire.ReadText)
			seen |= r.Saw(6)
		default:
			r.Skip(name)
		}
	}
	r.End(ticketType, seen)
	r.Tag(v.Object, &ticketTags)
	r.Require("id", v.ID != "")
}

func readTickets(r *wire.Reader, v *wire.List[ticket]) { wire.ReadPage(r, v, ticketPage, readTicket) }

func TestR28_WhatDoesNotFitIsZeroAndListed(t *testing.T) {
	for body, row := range map[string]struct {
		want  ticket
		drift []string
	}{
		`{"id":12345678901234567890,"note":12.50}`:                {want: ticket{ID: "12345678901234567890", Note: "12.50"}},
		`{"id":"i","seats":"12","price":" 12.50 "}`:               {want: ticket{ID: "i", Seats: 12, Price: "12.50"}},
		`{"id":"i","seats":12.0}`:                                 {want: ticket{ID: "i", Seats: 12}},
		`{"id":"i","seats":12.5}`:                                 {want: ticket{ID: "i"}, drift: []string{"seats"}},
		`{"id":"i","seats":{"s3cret":1},"note":["s3cret"]}`:       {want: ticket{ID: "i"}, drift: []string{"seats", "note"}},
		`{"id":"i","note":true,"seats":NaN}`:                      {want: ticket{ID: "i"}, drift: []string{"note", "seats"}},
		`{"id":"i","note":null,"seats":null,"tags":null}`:         {want: ticket{ID: "i"}},
		`{"id":"i","tags":"s3cret"}`:                              {want: ticket{ID: "i"}, drift: []string{"tags"}},
		`{"id":"i","tags":["a",{},5]}`:                            {want: ticket{ID: "i", Tags: []string{"a", "5"}}, drift: []string{"tags[1]"}},
		`{"id":"i","parts":[{"id":"p","seats":[]},{"id":"q"}]}`:   {want: ticket{ID: "i", Parts: []ticket{{ID: "p"}, {ID: "q"}}}, drift: []string{"parts[0].seats"}},
		`{"id":"i","parts":[{"seats":[]},{"id":"q"},"x"]}`:        {want: ticket{ID: "i", Parts: []ticket{{ID: "q"}}}, drift: []string{"parts[0]", "parts[2]"}},
		`{"id":"i","parts":[{"id":"p","price":"s3cret"},null]}`:   {want: ticket{ID: "i", Parts: []ticket{}}, drift: []string{"parts[0]", "parts[1]"}},
		`{"ID":"j","SEATS":{},"id":"i"}`:                          {want: ticket{ID: "i"}, drift: []string{"seats"}},
		`{"id":"i","ID":"j","Seats":7}`:                           {want: ticket{ID: "i", Seats: 7}},
		"\ufeff" + `{"Id":"i"}`:                                   {want: ticket{ID: "i"}},
		`{"id":"i","s3cret":{"seats":[]},"unknown":[{"note":5}]}`: {want: ticket{ID: "i"}},
	} {
		got, drift, err := wire.DecodeBy([]byte(body), readTicket, nil)
		require.NoError(t, err, body)
		assert.Equal(t, &row.want, got, body)
		assert.Equal(t, row.drift, lossesOf(drift), body)
	}
}

func TestR27_WhatMustBeThereMakesAnIncompleteValue(t *testing.T) {
	for body, row := range map[string]struct {
		want   ticket
		fields []string
	}{
		`{}`:                             {want: ticket{}, fields: []string{"id"}},
		`{"id":""}`:                      {want: ticket{}, fields: []string{"id"}},
		`{"id":null,"note":"n"}`:         {want: ticket{Note: "n"}, fields: []string{"id"}},
		`{"id":{"s3cret":1}}`:            {want: ticket{}, fields: []string{"id", "id"}},
		`{"id":"i","price":"s3cret"}`:    {want: ticket{ID: "i"}, fields: []string{"price"}},
		`{"id":"i","price":""}`:          {want: ticket{ID: "i"}, fields: []string{"price"}},
		`{"id":"i","price":NaN}`:         {want: ticket{ID: "i"}, fields: []string{"price"}},
		`{"id":"i","object":"rocket"}`:   {want: ticket{ID: "i", Object: "rocket"}, fields: []string{"object"}},
		`{"id":"i","object":[]}`:         {want: ticket{ID: "i"}, fields: []string{"object"}},
		`{"ticket_id":"i","seats":true}`: {want: ticket{}, fields: []string{"id"}},
	} {
		got, _, err := wire.DecodeBy([]byte(body), readTicket, nil)
		var lacking *wire.IncompleteError
		require.ErrorAs(t, err, &lacking, body)
		assert.Equal(t, row.fields, lacking.Fields, body)
		assert.Equal(t, &row.want, got, body)
		assert.NotContains(t, err.Error(), "s3cret")
	}
}

func TestR28_OneOddItemDoesNotLoseThePage(t *testing.T) {
	page, drift, err := wire.DecodeBy([]byte(`{"has_more":true,"data":[{"id":"a"},{"note":"n"},{"id":"c","object":"list"},`+
		`{"id":"d","seats":"x"},7,{"id":"f"}]}`), readTickets, nil)
	require.NoError(t, err)
	assert.Equal(t, &wire.List[ticket]{HasMore: true, Data: []ticket{{ID: "a"}, {ID: "d"}, {ID: "f"}}}, page)
	assert.Equal(t, []string{"data[1]", "data[2]", "data[3].seats", "data[4]"}, lossesOf(drift))
}

func TestR27_AListThatIsNoListIsIncomplete(t *testing.T) {
	for body, field := range map[string]string{
		`{}`:                              "data",
		`{"object":"list"}`:               "data",
		`{"object":"list","data":null}`:   "data",
		`{"data":{}}`:                     "data",
		`{"data":"none"}`:                 "data",
		`{"data":[],"has_more":"yes"}`:    "has_more",
		`{"data":[],"has_more":1}`:        "has_more",
		`{"data":[],"has_more":null}`:     "has_more",
		`{"data":[{"note":"n"},{}]}`:      "data",
		`{"data":[7],"has_more":true}`:    "data",
		`{"data":[],"object":"booking"}`:  "object",
		`{"data":[],"object":{"a":true}}`: "object",
	} {
		_, _, err := wire.DecodeBy([]byte(body), readTickets, nil)
		var lacking *wire.IncompleteError
		require.ErrorAs(t, err, &lacking, body)
		assert.Contains(t, lacking.Fields, field, body)
	}
	page, drift, err := wire.DecodeBy([]byte(`{"data":[]}`), readTickets, nil)
	require.NoError(t, err)
	assert.Empty(t, lossesOf(drift))
	assert.Equal(t, &wire.List[ticket]{Data: []ticket{}}, page)
}

func TestR28_DriftIsBounded(t *testing.T) {
	item := `{"id":"i","seats":[]},`
	page, drift, err := wire.DecodeBy([]byte(`{"data":[`+strings.Repeat(item, 500)+`{"id":"z"}]}`), readTickets, nil)
	require.NoError(t, err)
	assert.Len(t, page.Data, 501)
	require.Len(t, drift, 101)
	assert.Equal(t, "...", drift[100].Path)
}

func TestR28_ListsAreBounded(t *testing.T) {
	list := func(n int, item string) []byte {
		return []byte(`{"data":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]}`)
	}
	page, _, err := wire.DecodeBy(list(10_000, `{"id":"i"}`), readTickets, nil)
	require.NoError(t, err)
	assert.Len(t, page.Data, 10_000)
	nested := `{"id":"i","tags":[` + strings.TrimSuffix(strings.Repeat(`"t",`, 1000), ",") + `]}`
	for _, body := range [][]byte{
		list(10_001, `{"id":"i"}`), list(10_001, `{}`), list(10_001, `{"ID":"i"}`), list(200, nested),
	} {
		page, _, err := wire.DecodeBy(body, readTickets, nil)
		var broken *wire.DecodeError
		require.ErrorAs(t, err, &broken)
		assert.Equal(t, "a list has too many items", broken.Reason)
		assert.Nil(t, page)
	}
}

// Nine million bytes of items used to take 1.65 GB.
func TestR28_AHostileDocumentCostsNoMoreMemoryThanAPage(t *testing.T) {
	documents := map[string]string{"names": `{` + strings.Repeat(`"A":{},`, 9_000_000/7) + `"data":[]}`}
	for _, item := range []string{`{}`, `{"ID":1}`, `7`} {
		documents[item] = `{"data":[` + strings.Repeat(item+",", 9_000_000/(len(item)+1)) + `7]}`
	}
	var unknown, items strings.Builder
	for i := range 600_000 {
		fmt.Fprintf(&unknown, `"x%d":{},`, i)
		fmt.Fprintf(&items, `{"x%d":0},`, i)
	}
	documents["unknown names"] = `{` + unknown.String() + `"data":[]}`
	documents["items with unknown names"] = `{"data":[` + items.String() + `{}]}`
	documents["a deep unknown field"] = `{"x":` + strings.Repeat(`{"y":`, 400) + `0` + strings.Repeat(`}`, 400) + `}`
	for name, text := range documents {
		body := []byte(text)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, _ = wire.DecodeBy(body, readTickets, nil)
		runtime.ReadMemStats(&after)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20), name)
	}
}

func TestDriftThatLosesNothingIsListedOnceForEachField(t *testing.T) {
	item := `{"id":"i","seats":"4","new":1,"s3cret name":1,"other name":2},`
	_, drift, err := wire.DecodeBy([]byte(`{"object":"list","has_more":false,"data":[`+strings.Repeat(item, 500)+`{"id":"z"}]}`), readTickets, nil)
	require.NoError(t, err)
	assert.Equal(t, []wire.Drift{
		{Kind: wire.DriftType, Path: "data[0].seats", Field: "Ticket.seats", Want: "integer", Got: "string", Kept: true},
		{Kind: wire.DriftUnknownField, Path: "data[0].new", Field: "Ticket.new", Got: "integer"},
		{
			Kind: wire.DriftUnknownField, Path: "data[0].(a name that is not an identifier)",
			Field: "Ticket.(a name that is not an identifier)", Got: "integer",
		},
	}, drift)
}

// An item that is left out must be noticed, however much else differs.
func TestTheLastDriftHasTheGravestKind(t *testing.T) {
	var unknown strings.Builder
	for i := range 200 {
		fmt.Fprintf(&unknown, `"x%d":1,`, i)
	}
	for rest, kind := range map[string]string{
		`"y":1`:                              wire.DriftUnknownField,
		`"seats":[]`:                         wire.DriftType,
		`"seats":[],"parts":[{}],"tags":"t"`: wire.DriftItem,
	} {
		_, drift, err := wire.DecodeBy([]byte(`{"id":"i",`+unknown.String()+rest+`}`), readTicket, nil)
		require.NoError(t, err)
		require.Len(t, drift, 101)
		assert.Equal(t, "...", drift[100].Path)
		assert.Equal(t, kind, drift[100].Kind)
	}
}

func TestAnItemThatIsLeftOutNamesItsFirstFault(t *testing.T) {
	_, drift, err := wire.DecodeBy([]byte(`{"object":"list","has_more":false,"data":[{"id":"a"},{"new":1},{"id":"b","price":{}},7]}`), readTickets, nil)
	require.NoError(t, err)
	assert.Equal(t, []wire.Drift{
		{Kind: wire.DriftItem, Path: "data[1]", Field: "Ticket.id", Want: "string"},
		{Kind: wire.DriftItem, Path: "data[2]", Field: "Ticket.price", Want: "number", Got: "object"},
		{Kind: wire.DriftItem, Path: "data[3]", Field: "Tickets.data", Want: "object", Got: "integer"},
	}, drift)
}

func lossesOf(drift []wire.Drift) (paths []string) {
	for _, d := range drift {
		if d.Loses() {
			paths = append(paths, d.Path)
		}
	}
	return paths
}
