package wire

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParamError names a path or query parameter that cannot be sent.
type ParamError struct {
	Name   string // the parameter's name in the API
	Reason string // what is wrong with it, in words
}

func (e *ParamError) Error() string { return "parameter " + e.Name + " " + e.Reason }

// Path puts values, in order, into the placeholders of a path template such as
// "/bookings/{bookingId}/cancel", and escapes them. It refuses, by a
// *[ParamError], a value that could change the path: empty, "." or "..", with a
// slash, a backslash or a control character, or not UTF-8.
func Path(template string, values ...string) (string, error) {
	if len(values) == 0 {
		return template, nil
	}
	var path strings.Builder
	for _, value := range values {
		before, rest, _ := strings.Cut(template, "{")
		name, after, _ := strings.Cut(rest, "}")
		if reason := segmentFault(value); reason != "" {
			return "", &ParamError{Name: name, Reason: reason}
		}
		path.WriteString(before)
		path.WriteString(url.PathEscape(value))
		template = after
	}
	path.WriteString(template)
	return path.String(), nil
}

// segmentFault returns why value is no safe path segment, or "".
func segmentFault(value string) string {
	switch {
	case value == "":
		return "must not be empty"
	case value == "." || value == "..":
		return "must not be a dot segment"
	case strings.ContainsAny(value, `/\`):
		return "must not contain a slash or a backslash"
	case strings.ContainsFunc(value, unicode.IsControl):
		return "must not contain control characters"
	case !utf8.ValidString(value):
		return "must be valid UTF-8"
	}
	return ""
}
