package sdk

import (
	"net/url"
	"strings"
)

// PathMatches reports whether the path of a request, as it is in the URL, is one that
// the template describes (J14). A placeholder is one segment, and not one that a server
// or proxy resolves to another path.
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

// isSegment reports whether s is one segment of a path with a value in it.
func isSegment(s string) bool {
	value, err := url.PathUnescape(s)
	return err == nil && value != "" && value != "." && value != ".." && !strings.ContainsAny(s, `?#\`)
}
