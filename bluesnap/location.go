package bluesnap

import (
	"net/url"
	"strings"
)

// locationID reads the id that a Location ends in. It is strict: the address is
// of the server's own origin and the API's own path, has no query, escape or
// fragment, and the id is a plain one of at most 64 letters, digits, hyphens and
// underscores. What is not so names nothing.
func locationID(base, location string) string {
	own, err := url.Parse(base)
	if err != nil || strings.ContainsAny(location, "?#%") {
		return ""
	}
	said, err := url.Parse(location)
	if err != nil || !said.IsAbs() && !strings.HasPrefix(location, "/") {
		return ""
	}
	at := own.ResolveReference(said)
	if at.Scheme != own.Scheme || !strings.EqualFold(at.Host, own.Host) || at.User != nil || at.RawPath != "" {
		return ""
	}
	below, ok := strings.CutPrefix(at.Path, own.Path+"/services/2/")
	slash := strings.LastIndexByte(below, '/')
	if id := below[slash+1:]; ok && slash > 0 && plainID(id) {
		return id
	}
	return ""
}

func plainID(id string) bool {
	for i := range len(id) {
		if c := id[i]; !keyByte(c) && c != '_' {
			return false
		}
	}
	return id != "" && len(id) <= 64
}
