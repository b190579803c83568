package wire

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Millis is a time, written as whole milliseconds since the Unix epoch.
//
// It reads more than it writes, since the API mixes units: numbers below 10^11
// (the year 5138) are seconds, larger ones milliseconds. It also reads numbers
// in strings, and dates with or without a time, as in RFC 3339, in UTC without
// a zone. Null, 0 and "" leave the zero time, which is written as null and left
// out of a struct by omitzero. Times read are in UTC, exact to the millisecond.
// Milliseconds before March 1973 cannot be distinguished from seconds.
type Millis struct{ time.Time }

// Seconds is a time, written as whole seconds since the Unix epoch; fractions
// are cut off. It reads what [Millis] reads.
type Seconds struct{ time.Time }

// Time is a time that is only read, as [Millis] is.
type Time time.Time

// UnmarshalJSON reads a timestamp. Its error does not quote the input.
func (t *Time) UnmarshalJSON(data []byte) error {
	read, err := parseTimestamp(data)
	*t = Time(read)
	return err
}

func (m *Millis) UnmarshalJSON(data []byte) (err error) {
	m.Time, err = parseTimestamp(data)
	return err
}

// MarshalJSON writes milliseconds since the epoch, or null for the zero time.
func (m Millis) MarshalJSON() ([]byte, error) {
	return formatTimestamp(m.Time, m.UnixMilli())
}

func (s *Seconds) UnmarshalJSON(data []byte) (err error) {
	s.Time, err = parseTimestamp(data)
	return err
}

// MarshalJSON writes seconds since the epoch, or null for the zero time.
func (s Seconds) MarshalJSON() ([]byte, error) {
	return formatTimestamp(s.Time, s.Unix())
}

const (
	secondsBelow = 1e11            // 10^11 s is the year 5138, 10^11 ms is March 1973
	maxMillis    = 253402300799999 // the end of the year 9999
)

var errTimestamp = errors.New("not a timestamp: want seconds or milliseconds since the epoch, or a date")

func formatTimestamp(t time.Time, n int64) ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, n, 10), nil
}

func parseTimestamp(data []byte) (time.Time, error) {
	switch {
	case string(data) == "null":
		return time.Time{}, nil
	case len(data) > 0 && data[0] == '"':
		return parseQuoted(data)
	default:
		return parseEpoch(string(data))
	}
}

func parseQuoted(data []byte) (time.Time, error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return time.Time{}, errTimestamp
	}
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	if isNumber([]byte(text)) {
		return parseEpoch(text)
	}
	return parseDate(strings.ToUpper(text))
}

// layouts are formats of dates. Without a zone they are in UTC.
var layouts = [...]string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	time.DateTime,
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
	time.DateOnly,
}

func parseDate(text string) (time.Time, error) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, errTimestamp
}

// parseEpoch's float64 is exact for milliseconds far beyond the year 9999.
func parseEpoch(text string) (time.Time, error) {
	n, err := parseNumber(text)
	if err != nil || math.IsNaN(n) {
		return time.Time{}, errTimestamp
	}
	if math.Abs(n) < secondsBelow {
		n *= 1000
	}
	if math.Abs(n) > maxMillis {
		return time.Time{}, errTimestamp
	}
	if n == 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(int64(math.Round(n))).UTC(), nil
}

// parseNumber parses whole numbers, the usual case, in a third of the time.
func parseNumber(text string) (float64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return float64(n), nil
	}
	return strconv.ParseFloat(text, 64)
}
