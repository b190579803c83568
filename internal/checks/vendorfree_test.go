package checks

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vendorWords are what a vendor's rules are written in: names, header fields,
// error codes. The engine is configured with them, and contains none.
var vendorWords = regexp.MustCompile(`(?i)bardge|bluesnap|plimus|idempotent-replayed|\b6010[1-6]\b|already_cancelled|` +
	`idempotency_key_reused|do_not_honor|processing_timeout`)

// modelTests run the engine against the model server with the vendors' rules,
// and so contain their profiles.
var modelTests = []string{
	"chaos_test.go", "chaos_faults_test.go", "assumptions_test.go", "clock_assumptions_test.go", "outside_test.go",
}

func TestEngineKnowsNoVendor(t *testing.T) {
	read := 0
	for _, name := range files(t, ".go") {
		if path.Dir(name) != "idem" || slices.Contains(modelTests, path.Base(name)) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Empty(t, vendorsIn(string(text)), name)
		read++
	}
	assert.Greater(t, read, 50, "the engine's files were found")
}

func TestVendorsAreFound(t *testing.T) {
	for text, found := range map[string]int{
		`import "` + module + `/internal/memnet"`:      0,
		`// as Bardge has it`:                          1,
		`h.Get("X-Idempotent-Replayed")`:               1,
		`case "60101", 60102:`:                         2,
		`const bluesnapVersion = "Bluesnap-Version"`:   2,
		`KeyHeader: "Idempotency-Key", Window: 90e9`:   0,
		`code == "already_cancelled"`:                  1,
		`limit = 601010`:                               0,
		`package idem // import "` + module + `/idem"`: 0,
	} {
		assert.Len(t, vendorsIn(text), found, text)
	}
}

func vendorsIn(text string) []string {
	return vendorWords.FindAllString(strings.ReplaceAll(text, module, ""), -1)
}
