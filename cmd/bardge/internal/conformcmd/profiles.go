package conformcmd

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/idem"
)

// profiles are the rules that a server can be tried by.
func profiles() map[string]idem.Profile {
	return map[string]idem.Profile{"bardge": bardge.Profile(), "bluesnap": bluesnap.Profile()}
}

func completions() []cobra.Completion { return slices.Sorted(maps.Keys(profiles())) }

func profileNames() string { return strings.Join(completions(), ", ") }
