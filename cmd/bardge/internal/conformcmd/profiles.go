package conformcmd

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem"
	vendors "github.com/bardge/bardge-go/idem/profiles"
)

// profiles are the rules that a server can be tried by, by their vendors.
func profiles() map[string]idem.Profile {
	all := map[string]idem.Profile{}
	for _, p := range []idem.Profile{bardge.Profile(), bluesnap.Profile()} {
		all[p.Vendor] = p
	}
	for _, v := range vendors.All() {
		all[v.Profile.Vendor] = v.Profile
	}
	return all
}

func completions() []cobra.Completion { return slices.Sorted(maps.Keys(profiles())) }

func profileNames() string { return strings.Join(completions(), ", ") }
