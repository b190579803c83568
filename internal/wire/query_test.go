package wire_test

import (
	"math"
	"net/url"
	"strings"
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
		"above the range":   {fill: func(q *wire.Query) { q.Int("limit", 101, 1, 100) }, want: wire.ParamError{Name: "limit", Reason: "must be between 1 and 100"}},
		"below the range":   {fill: func(q *wire.Query) { q.Int("limit", -1, 1, 100) }, want: wire.ParamError{Name: "limit", Reason: "must be between 1 and 100"}},
		"a number too far":  {fill: func(q *wire.Query) { q.Float("lat", &far, -90, 90) }, want: wire.ParamError{Name: "lat", Reason: "must be between -90 and 90"}},
		"not a number":      {fill: func(q *wire.Query) { q.Float("lat", &nan, -90, 90) }, want: wire.ParamError{Name: "lat", Reason: "must be between -90 and 90"}},
		"both cursors":      {fill: bothCursors, want: wire.ParamError{Name: "starting_after", Reason: "excludes ending_before"}},
		"the first of many": {fill: func(q *wire.Query) { q.Int("limit", -1, 1, 100); bothCursors(q) }, want: wire.ParamError{Name: "limit", Reason: "must be between 1 and 100"}},
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
		"not a whole number": {query: "limit=ten", want: "parameter limit must be between 1 and 100"},
		"empty":              {query: "limit=", want: "parameter limit must be between 1 and 100"},
		"zero":               {query: "limit=0", want: "parameter limit must be between 1 and 100"},
		"above the range":    {query: "limit=101", want: "parameter limit must be between 1 and 100"},
		"not a number":       {query: "lat=north", want: "parameter lat must be between -90 and 90"},
		"a number too far":   {query: "lat=91", want: "parameter lat must be between -90 and 90"},
		"both cursors":       {query: "starting_after=a&ending_before=b", want: "parameter starting_after excludes ending_before"},
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

func TestPathEscapesValues(t *testing.T) {
	for name, row := range map[string]struct {
		template string
		values   []string
		want     string
	}{
		"no placeholder":       {template: "/passes", want: "/passes"},
		"one at the end":       {template: "/bookings/{bookingId}", values: []string{"booking_3b5g"}, want: "/bookings/booking_3b5g"},
		"one in the middle":    {template: "/bookings/{bookingId}/cancel", values: []string{"b1"}, want: "/bookings/b1/cancel"},
		"two":                  {template: "/a/{x}/b/{y}", values: []string{"1", "2"}, want: "/a/1/b/2"},
		"characters of a URL":  {template: "/a/{x}", values: []string{"a?b#c%2F d"}, want: "/a/a%3Fb%23c%252F%20d"},
		"letters beyond ASCII": {template: "/a/{x}", values: []string{"Ọkà"}, want: "/a/%E1%BB%8Ck%C3%A0"},
		"dots among others":    {template: "/a/{x}", values: []string{"..."}, want: "/a/..."},
		"a brace":              {template: "/a/{x}/b", values: []string{"{y}"}, want: "/a/%7By%7D/b"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := wire.Path(row.template, row.values...)
			require.NoError(t, err)
			assert.Equal(t, row.want, got)
		})
	}
}

func TestPathRefusesWhatCouldBeAnotherPath(t *testing.T) {
	for name, value := range map[string]string{
		"empty":               "",
		"a dot":               ".",
		"two dots":            "..",
		"a slash":             "s3cret/cancel",
		"a backslash":         `s3cret\cancel`,
		"a newline":           "s3cret\n",
		"a null byte":         "s3cret\x00",
		"a C1 control":        "s3cret\u0085",
		"bytes not in UTF-8":  "s3cret\xff",
		"a slash among dots":  "../s3cret",
		"a delete character":  "s3cret\x7f",
		"a carriage return":   "\rs3cret",
		"nothing but a slash": "/",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := wire.Path("/bookings/{bookingId}/cancel", value)
			assert.Empty(t, got)

			var paramErr *wire.ParamError
			require.ErrorAs(t, err, &paramErr)
			assert.Equal(t, "bookingId", paramErr.Name)
			assert.Contains(t, err.Error(), "parameter bookingId must")
			assert.NotContains(t, err.Error(), "s3cret", "the value is not shown")
		})
	}
}

// A built path has the template's segments for any value, and the value can be
// parsed from it.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"b1", "..", "a/b", "a?b", "%2e%2e", "{x}", "ü", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		path, err := wire.Path("/bookings/{bookingId}/cancel", value)
		if err != nil {
			return
		}
		u, err := url.Parse("https://api.example" + path)
		require.NoError(t, err)
		require.Equal(t, path, u.EscapedPath())
		segments := strings.Split(u.EscapedPath(), "/")
		require.Len(t, segments, 4)
		got, err := url.PathUnescape(segments[2])
		require.NoError(t, err)
		require.Equal(t, value, got)
		require.Equal(t, path, u.JoinPath().EscapedPath(), "cleaning changes nothing")
	})
}
