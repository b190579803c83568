package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var version = regexp.MustCompile(`const Version = "(\d+\.\d+\.\d+)"`)

// Both packages are in one module, and so have one version.
func TestThereIsOneVersion(t *testing.T) {
	var all []string
	for _, file := range []string{"client.go", "bluesnap/client.go"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		found := version.FindSubmatch(text)
		require.NotNil(t, found, file)
		all = append(all, string(found[1]))
	}
	assert.Equal(t, all[0], all[1])
}
