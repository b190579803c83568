package wire_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/wire"
)

func TestPathEscapesValues(t *testing.T) {
	for name, row := range map[string]struct {
		template string
		values   []string
		want     string
	}{
		"no placeholder":       {"/passes", nil, "/passes"},
		"one at the end":       {"/bookings/{bookingId}", []string{"booking_3b5g"}, "/bookings/booking_3b5g"},
		"one in the middle":    {"/bookings/{bookingId}/cancel", []string{"b1"}, "/bookings/b1/cancel"},
		"two":                  {"/a/{x}/b/{y}", []string{"1", "2"}, "/a/1/b/2"},
		"characters of a URL":  {"/a/{x}", []string{"a?b#c%2F d"}, "/a/a%3Fb%23c%252F%20d"},
		"letters beyond ASCII": {"/a/{x}", []string{"Ọkà"}, "/a/%E1%BB%8Ck%C3%A0"},
		"dots among others":    {"/a/{x}", []string{"..."}, "/a/..."},
		"a brace":              {"/a/{x}/b", []string{"{y}"}, "/a/%7By%7D/b"},
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
