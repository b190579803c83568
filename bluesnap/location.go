package bluesnap

import (
	"net/url"
	"strings"

	"github.com/bardge/bardge-go/internal/origin"
)

// locationID reads the id that a Location ends in, strictly: the address is of
// the server's origin and the API's path, without query, escape or fragment,
// and the id is 1 to 128 letters, digits, hyphens and underscores.
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
	if origin.Of(at) != origin.Of(own) || at.User != nil || at.RawPath != "" {
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
	return id != "" && len(id) <= 128
}
