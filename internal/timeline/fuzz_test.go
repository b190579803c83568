package timeline

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A picture is well-formed XML of a few elements, without script, and bounded in
// its size: for every name of an operation, and for clocks that are wrong.
func FuzzSVG(f *testing.F) {
	f.Add("IssuePass", "connection reset", int64(0), int64(312e6), int64(480e6), uint8(4), 503, uint8(3))
	f.Add("</title><script>alert(1)</script>", "\x00\x1b\u202e&<\"'", int64(-1<<63), int64(1<<62), int64(1<<62), uint8(8), -1, uint8(80))
	f.Add("]]>", "\xff\xfe", int64(1<<62), int64(-5), int64(-5), uint8(255), math.MaxInt32, uint8(1))
	f.Fuzz(func(t *testing.T, title, detail string, at, took, wait int64, kind uint8, status int, n uint8) {
		one := Timeline{
			Title: title, Subject: detail, Outcome: Outcome{Kind(kind), detail, title},
			Window: Window{time.Unix(at/3, 0), time.Unix(at, wait), detail}, Until: time.Unix(wait, 0), Notes: []string{detail, title},
		}
		for i := range int(n) {
			one.Steps = append(one.Steps, Step{
				Number: i % 7, Kind: Kind(kind) + Kind(i), Status: status, Detail: detail,
				Start: time.Unix(at>>(i%60), at%1e9), Took: time.Duration(took), Wait: time.Duration(wait),
				Untimed: i%5 == 3,
			})
		}
		for _, svg := range []string{one.SVG(), one.Inline("x")} {
			checkXML(t, svg)
		}
	})
}

// checkXML fails unless svg is well-formed and has only known elements and
// finite numbers.
func checkXML(t *testing.T, svg string) {
	t.Helper()
	require.Less(t, len(svg), 1<<20)
	require.NotContains(t, svg, "NaN")
	require.NotContains(t, svg, "Inf")
	known := []string{"svg", "title", "desc", "style", "rect", "line", "path", "text"}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		if element, ok := token.(xml.StartElement); ok {
			require.Contains(t, known, element.Name.Local)
			for _, a := range element.Attr {
				assert.False(t, strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href", a.Name.Local)
			}
		}
	}
}
