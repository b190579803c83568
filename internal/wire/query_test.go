package wire_test

import (
	"math"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

func TestQueryLeavesOutWhatIsNotSet(t *testing.T) {
	var q wire.Query
	q.Text("starting_after", "")
	q.Int("limit", 0, 1, 100)
	q.Float("lat", nil, -90, 90)
	q.AtMostOne("starting_after", "ending_before")
	values, err := q.Values()
	require.NoError(t, err)
	assert.Nil(t, values)
}

func TestQueryCollects(t *testing.T) {
	zero, lon := 0.0, 3.3792057
	var q wire.Query
	q.Text("starting_after", "pass 1")
	q.Int("limit", 100, 1, 100)
	q.Float("lat", &zero, -90, 90)
	q.Float("lon", &lon, -180, 180)
	values, err := q.Values()
	require.NoError(t, err)
	assert.Equal(t, "lat=0&limit=100&lon=3.3792057&starting_after=pass+1", values.Encode())
}

func TestQueryNamesTheFirstBadParameter(t *testing.T) {
	nan, far := math.NaN(), 90.5
	for name, row := range map[string]struct {
		fill func(q *wire.Query)
		want wire.ParamError
	}{
		"above the range":   {func(q *wire.Query) { q.Int("limit", 101, 1, 100) }, wire.ParamError{Name: "limit", Reason: "must be between 1 and 100"}},
		"below the range":   {func(q *wire.Query) { q.Int("limit", -1, 1, 100) }, wire.ParamError{Name: "limit", Reason: "must be between 1 and 100"}},
		"a number too far":  {func(q *wire.Query) { q.Float("lat", &far, -90, 90) }, wire.ParamError{Name: "lat", Reason: "must be between -90 and 90"}},
		"not a number":      {func(q *wire.Query) { q.Float("lat", &nan, -90, 90) }, wire.ParamError{Name: "lat", Reason: "must be between -90 and 90"}},
		"both cursors":      {bothCursors, wire.ParamError{Name: "starting_after", Reason: "excludes ending_before"}},
		"the first of many": {func(q *wire.Query) { q.Int("limit", -1, 1, 100); bothCursors(q) }, wire.ParamError{Name: "limit", Reason: "must be between 1 and 100"}},
	} {
		t.Run(name, func(t *testing.T) {
			var q wire.Query
			row.fill(&q)
			values, err := q.Values()
			assert.Nil(t, values)
			var paramErr *wire.ParamError
			require.ErrorAs(t, err, &paramErr)
			assert.Equal(t, row.want, *paramErr)
		})
	}
}

func bothCursors(q *wire.Query) {
	q.Text("starting_after", "a")
	q.Text("ending_before", "b")
	q.AtMostOne("starting_after", "ending_before")
}

func TestReceivedQueryReads(t *testing.T) {
	q := wire.ReadQuery(url.Values{"starting_after": {"p1"}, "limit": {"20"}, "lat": {"-6.5"}})
	assert.Equal(t, "p1", q.Text("starting_after"))
	assert.Empty(t, q.Text("ending_before"))
	assert.Equal(t, 20, q.Int("limit", 1, 100))
	assert.Zero(t, q.Int("page", 1, 100))
	lat := q.Float("lat", -90, 90)
	require.NotNil(t, lat)
	assert.InDelta(t, -6.5, *lat, 0)
	assert.Nil(t, q.Float("lon", -180, 180))
	q.AtMostOne("starting_after", "ending_before")
	assert.NoError(t, q.Err())
}

func TestReceivedQueryNamesTheFirstBadParameter(t *testing.T) {
	for name, row := range map[string]struct {
		query string
		want  string
	}{
		"not a whole number": {"limit=ten", "parameter limit must be between 1 and 100"},
		"empty":              {"limit=", "parameter limit must be between 1 and 100"},
		"zero":               {"limit=0", "parameter limit must be between 1 and 100"},
		"above the range":    {"limit=101", "parameter limit must be between 1 and 100"},
		"not a number":       {"lat=north", "parameter lat must be between -90 and 90"},
		"a number too far":   {"lat=91", "parameter lat must be between -90 and 90"},
		"both cursors":       {"starting_after=a&ending_before=b", "parameter starting_after excludes ending_before"},
	} {
		t.Run(name, func(t *testing.T) {
			values, err := url.ParseQuery(row.query)
			require.NoError(t, err)
			q := wire.ReadQuery(values)
			q.Text("starting_after")
			q.Text("ending_before")
			q.Int("limit", 1, 100)
			q.Float("lat", -90, 90)
			q.AtMostOne("starting_after", "ending_before")
			assert.EqualError(t, q.Err(), row.want)
		})
	}
}
