package sdk

import (
	"net/url"
	"strings"
)

// PathMatches reports whether a request's path, as in the URL, matches the
// template (J14). A placeholder matches one segment, unless a server or proxy
// would resolve that to another path.
func PathMatches(template, path string) bool {
	segments, names := strings.Split(path, "/"), strings.Split(template, "/")
	if len(segments) != len(names) {
		return false
	}
	for i, name := range names {
		open := strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}")
		if !open && segments[i] != name || open && !isSegment(segments[i]) {
			return false
		}
	}
	return true
}

func isSegment(s string) bool {
	value, err := url.PathUnescape(s)
	return err == nil && value != "" && value != "." && value != ".." && !strings.ContainsAny(s, `?#\`)
}

// Placeholder returns the name of a template's segment that is a placeholder.
func Placeholder(segment string) (string, bool) {
	name, opens := strings.CutPrefix(segment, "{")
	name, closes := strings.CutSuffix(name, "}")
	return name, opens && closes && name != "" && !strings.ContainsAny(name, "{}")
}

// Placeholders returns the names of a template's placeholders, in their order.
func Placeholders(template string) (names []string) {
	for segment := range strings.SplitSeq(template, "/") {
		if name, ok := Placeholder(segment); ok {
			names = append(names, name)
		}
	}
	return names
}

// TemplatesOverlap reports whether a path may match both templates.
func TemplatesOverlap(a, b string) bool {
	ours, theirs := strings.Split(a, "/"), strings.Split(b, "/")
	if len(ours) != len(theirs) {
		return false
	}
	for i := range ours {
		_, open := Placeholder(ours[i])
		_, other := Placeholder(theirs[i])
		if !open && !other && ours[i] != theirs[i] {
			return false
		}
	}
	return true
}

// Repath moves the values in a path of one template to another template with
// the same placeholders.
func Repath(from, to, path string) string {
	values, segments := map[string]string{}, strings.Split(path, "/")
	for i, segment := range strings.Split(from, "/") {
		if _, ok := Placeholder(segment); ok && i < len(segments) {
			values[segment] = segments[i]
		}
	}
	moved := strings.Split(to, "/")
	for i, segment := range moved {
		if value, ok := values[segment]; ok {
			moved[i] = value
		}
	}
	return strings.Join(moved, "/")
}
