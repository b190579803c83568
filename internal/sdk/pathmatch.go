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
