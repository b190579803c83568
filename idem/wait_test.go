package idem

import (
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestR15_BackoffIsExponentialHalfRandomAndCapped(t *testing.T) {
	const base, limit = 250 * time.Millisecond, 8 * time.Second
	for n, full := range map[int]time.Duration{
		1: base, 2: 2 * base, 3: 4 * base, 4: 8 * base, 5: 16 * base, 6: limit, 7: limit, 40: limit, 64: limit, 1000: limit,
	} {
		low, high := time.Duration(math.MaxInt64), time.Duration(0)
		for range 400 {
			d := backoff(base, limit, n)
			low, high = min(low, d), max(high, d)
		}
		assert.GreaterOrEqual(t, low, full/2, "n=%d", n)
		assert.LessOrEqual(t, high, full, "n=%d", n)
		assert.Greater(t, high-low, full/4, "n=%d: half of it is random", n)
	}
}

func TestR15_RetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 20, 7, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	rows := map[string]struct {
		value, date string
		want        time.Duration
	}{
		"none":                        {"", "", 0},
		"seconds":                     {"7", "", 7 * time.Second},
		"white space":                 {" 7 ", "", 7 * time.Second},
		"zero":                        {"0", "", 0},
		"negative":                    {"-3", "", 0},
		"overflows a duration":        {"9300000000", "", math.MaxInt64},
		"overflows an integer":        {"99999999999999999999", "", math.MaxInt64},
		"fraction is unreadable":      {"1.5", "", 0},
		"words are unreadable":        {"soon", "", 0},
		"date":                        {date(9 * time.Second), "", 9 * time.Second},
		"date in the past":            {date(-time.Hour), "", 0},
		"date against the answer's":   {date(9 * time.Second), date(4 * time.Second), 5 * time.Second},
		"own clock five minutes fast": {date(-290 * time.Second), date(-300 * time.Second), 10 * time.Second},
		"RFC 850":                     {now.Add(time.Minute).Format("Monday, 02-Jan-06 15:04:05 GMT"), "", time.Minute},
		"asctime":                     {now.Add(time.Minute).Format(time.ANSIC), "", time.Minute},
		"unreadable Date":             {date(9 * time.Second), "yesterday", 9 * time.Second},
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

func FuzzR15_RetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "-1", "9300000000", "Wed, 20 May 2026 07:00:00 GMT", "1e3", "٣"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		d := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Now())
		assert.GreaterOrEqual(t, d, time.Duration(0), "never shorter than now")
	})
}

func TestR16_BudgetIsSharedAndGivenBack(t *testing.T) {
	var b budget
	for range budgetCapacity {
		assert.True(t, b.take())
	}
	assert.False(t, b.take(), "spent")
	b.giveBack()
	assert.True(t, b.take(), "a definite answer gives one back")
	for range 3 * budgetCapacity {
		b.giveBack()
	}
	for range budgetCapacity {
		assert.True(t, b.take())
	}
	assert.False(t, b.take(), "never more than its capacity")
	b.off = true
	assert.True(t, b.take(), "off")
}
