package web

import (
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// functions are what templates may call.
var functions = template.FuncMap{
	"age":      Age,
	"count":    Count,
	"shortkey": ShortKey,
	"datetime": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"clock":    Clock,
	"hour":     func(t time.Time) string { return t.UTC().Format("15:04:05 UTC") },
	"isSet":    func(t time.Time) bool { return !t.IsZero() },
	"choice":   newChoice,
	"sentence": Sentence,
}

// unit stands between a number and its unit: no line ends there.
const unit = "\u00a0"

// Age returns a duration in its largest unit, and up to ten of them with the
// next one: "14 h", "3 h 20 min". It is "0 s" for a negative one: clocks differ.
func Age(d time.Duration) string {
	d = max(d, 0)
	const day = 24 * time.Hour
	for _, one := range []struct {
		size, part      time.Duration
		name, partsName string
	}{{day, time.Hour, "d", "h"}, {time.Hour, time.Minute, "h", "min"}, {time.Minute, time.Second, "min", "s"}} {
		if d < one.size {
			continue
		}
		text := strconv.FormatInt(int64(d/one.size), 10) + unit + one.name
		if rest := d % one.size / one.part; rest > 0 && d < 10*one.size {
			text += " " + strconv.FormatInt(int64(rest), 10) + unit + one.partsName
		}
		return text
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + unit + "s"
}

// Clock returns a moment as pages show it.
func Clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// Count returns a number with its thousands apart.
func Count(n int) string {
	digits := strconv.Itoa(n)
	var parts []string
	for len(digits) > 3 && digits[len(digits)-4] != '-' {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ",")
}

// ShortKey returns the beginning of an idempotency key, at most half of it. No
// page shows a key in full: whoever has it can repeat the operation.
func ShortKey(key string) string {
	const shown = len("0190f3c2-0000") // of a UUID version 7: its date
	if key == "" {
		return ""
	}
	return key[:min(shown, len(key)/2)] + "…"
}

// choice is what a template for a field with several values is made of.
type choice struct {
	Name, Label string
	Options     any
	Value       string
}

func newChoice(name, label string, options any, value string) choice {
	return choice{name, label, options, value}
}

// Sentence returns words with a capital and a full stop; "" for none.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}
