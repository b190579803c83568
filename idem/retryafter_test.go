package idem

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestR15_RetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 20, 7, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	rows := map[string]struct {
		value, date string
		want        time.Duration
	}{
		"none":                           {"", "", 0},
		"seconds":                        {"7", "", 7 * time.Second},
		"white space":                    {" 7 ", "", 7 * time.Second},
		"zero":                           {"0", "", 0},
		"negative":                       {"-3", "", 0},
		"overflows a duration":           {"9300000000", "", math.MaxInt64},
		"overflows an integer":           {"99999999999999999999", "", math.MaxInt64},
		"R34 a fraction is rounded up":   {"1.5", "", 2 * time.Second},
		"R34 a small fraction":           {"0.1", "", time.Second},
		"R34 with its unit":              {"3s", "", 3 * time.Second},
		"R34 with its unit apart":        {"3 s", "", 3 * time.Second},
		"R34 of a list the largest":      {"3, 120, 5", "", 120 * time.Second},
		"R34 of a list what is read":     {"soon, 4", "", 4 * time.Second},
		"R34 date in UTC":                {now.Add(9 * time.Second).Format("Mon, 02 Jan 2006 15:04:05 UTC"), "", 9 * time.Second},
		"R34 date at +0000":              {now.Add(9 * time.Second).Format(time.RFC1123Z), "", 9 * time.Second},
		"R34 date at another offset":     {now.Add(9 * time.Second).In(time.FixedZone("", 7200)).Format(time.RFC1123Z), "", 9 * time.Second},
		"R34 date as in RFC 3339":        {now.Add(9 * time.Second).Format(time.RFC3339), "", 9 * time.Second},
		"R34 another unit is unreadable": {"3m", "", 0},
		"R34 an exponent is unreadable":  {"1e3", "", 0},
		"R34 two dots are unreadable":    {"1.2.3", "", 0},
		"R34 a very long number":         {strings.Repeat("9", 65), "", 0},
		"words are unreadable":           {"soon", "", 0},
		"date":                           {date(9 * time.Second), "", 9 * time.Second},
		"date in the past":               {date(-time.Hour), "", 0},
		"date against the answer's":      {date(9 * time.Second), date(4 * time.Second), 5 * time.Second},
		"own clock five minutes fast":    {date(-290 * time.Second), date(-300 * time.Second), 10 * time.Second},
		"RFC 850":                        {now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"), "", time.Minute},
		"asctime":                        {now.Add(time.Minute).Format(time.ANSIC), "", time.Minute},
		"unreadable Date":                {date(9 * time.Second), "yesterday", 9 * time.Second},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			h := http.Header{}
			if row.value != "" {
				h.Set("Retry-After", row.value)
			}
			if row.date != "" {
				h.Set("Date", row.date)
			}
			assert.Equal(t, row.want, retryAfter(h, now))
		})
	}
}

func TestR34_OfSeveralFieldLinesTheLargestCounts(t *testing.T) {
	now := time.Date(2026, 5, 20, 7, 0, 0, 0, time.UTC)
	date := now.Add(time.Minute).Format(http.TimeFormat)
	assert.Equal(t, time.Minute, retryAfter(http.Header{"Retry-After": {"7", date, "soon"}}, now))
}

func FuzzR15_RetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "-1", "9300000000", "Wed, 20 May 2026 07:00:00 GMT", "1e3", "٣"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		d := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Now())
		assert.GreaterOrEqual(t, d, time.Duration(0), "never shorter than now")
	})
}
