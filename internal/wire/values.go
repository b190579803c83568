package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ReadText reads a string, or a number as it is written.
func ReadText[T ~string](r *Reader, v *T) {
	first := r.peek()
	start := r.at
	switch {
	case first == '"':
		text, plain := r.quoted()
		switch {
		case r.stuck:
		case plain:
			*v = T(text)
		default:
			if meant, ok := unquote(r.text[start:r.at]); ok {
				*v = T(meant)
			} else {
				r.giveUp()
			}
		}
	case r.numeral(first):
		if digits := r.number(); digits != nil {
			*v = T(digits)
			r.kept("string", start)
		}
	default:
		r.misfit("string")
	}
}

// ReadEnum reads a string that should be one of the values, in any letter case.
func ReadEnum[T ~string](r *Reader, v *T, values []string) {
	ReadText(r, v)
	if r.last == isNull || r.last == misfits || r.stuck || slices.Contains(values, string(*v)) ||
		contains(values, string(*v)) {
		return
	}
	r.differs(Drift{Kind: DriftValue})
}

func ReadInt(r *Reader, v *int) {
	readNumber(r, "integer", func(digits []byte) bool {
		n, err := strconv.Atoi(string(digits))
		if err != nil {
			n, err = strconv.Atoi(wholeNumber(string(digits)))
		}
		if err == nil {
			*v = n
		}
		return err == nil
	})
}

func ReadFloat(r *Reader, v *float64) {
	readNumber(r, "number", func(digits []byte) bool {
		f, err := strconv.ParseFloat(string(digits), 64)
		if err == nil {
			*v = f
		}
		return err == nil
	})
}

// ReadNumber reads a number as it is written.
func ReadNumber(r *Reader, v *json.Number) {
	readNumber(r, "number", func(digits []byte) bool {
		*v = json.Number(digits)
		return true
	})
}

// readNumber reads a number, also in a string, and passes its digits to take,
// which reports whether they fit.
func readNumber(r *Reader, want string, take func(digits []byte) bool) {
	first := r.peek()
	start := r.at
	switch {
	case r.numeral(first):
		if digits := r.number(); digits != nil && !take(digits) {
			r.at = start
			r.misfit(want)
		}
	case first == '"':
		text, plain := r.quoted()
		if r.stuck {
			return
		}
		text = bytes.TrimSpace(text)
		if !plain || !isNumber(text) || !take(text) {
			r.at = start
			r.misfit(want)
			return
		}
		r.kept(want, start)
	default:
		r.misfit(want)
	}
}

func ReadBool(r *Reader, v *bool) {
	switch r.peek() {
	case 't':
		if r.word("true") {
			*v = true
		}
	case 'f':
		if r.word("false") {
			*v = false
		}
	default:
		r.misfit("boolean")
	}
}

// ReadMillis reads what [Millis] reads. Null is the zero time. Seconds are
// drift.
func ReadMillis(r *Reader, v *time.Time) { readTime(r, v, "milliseconds") }

// ReadSeconds reads what [Seconds] reads. Null is the zero time. Milliseconds
// are drift.
func ReadSeconds(r *Reader, v *time.Time) { readTime(r, v, "seconds") }

func readTime(r *Reader, v *time.Time, unit string) {
	first := r.peek()
	start := r.at
	switch {
	case first == '"':
		r.quoted()
	case r.numeral(first):
		r.number()
	case first == 'n':
		r.null()
	default:
		r.misfit("time")
		return
	}
	if r.stuck {
		return
	}
	read, err := parseTimestamp(r.text[start:r.at])
	if err != nil {
		r.at = start
		r.misfit("time")
		return
	}
	*v = read
	if first == '"' {
		r.kept("time", start)
	} else if got := unitOf(r.text[start:r.at]); got != unit && !read.IsZero() {
		r.differs(Drift{Kind: DriftType, Want: unit, Got: got, Kept: true})
	}
}

// unitOf returns the unit of a number that is a time.
func unitOf(digits []byte) string {
	digits = bytes.TrimPrefix(digits, []byte("-"))
	whole := 0
	for whole < len(digits) && digits[whole] >= '0' && digits[whole] <= '9' {
		whole++
	}
	if whole < millisDigits {
		return "seconds"
	}
	return "milliseconds"
}

// millisDigits are the digits of the least number of milliseconds, 10^11.
const millisDigits = 12

// wholeNumber rewrites a number such as 12.0 or 1e3 as a whole one; "" if it is
// not whole, or its exponent is too large for a count.
func wholeNumber(text string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	whole, part, _ := strings.Cut(mantissa, ".")
	zeros := 0
	if exponent != "" {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < 0 || n > 15 {
			return ""
		}
		zeros = n
	}
	if strings.Trim(part, "0") != "" {
		return ""
	}
	return whole + strings.Repeat("0", zeros)
}

func isNumber(text []byte) bool {
	r := Reader{text: text}
	return len(text) > 0 && r.number() != nil && r.at == len(text)
}

func unquote(quoted []byte) (meant string, ok bool) {
	err := json.Unmarshal(quoted, &meant)
	return meant, err == nil
}
