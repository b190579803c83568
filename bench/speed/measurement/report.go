package measurement

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// WriteReport writes a report as JSON, or nothing where file is empty.
func WriteReport(t *testing.T, file string, report any) {
	t.Helper()
	if file == "" {
		return
	}
	doc, err := json.Marshal(report)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(doc, '\n'), 0o600))
}
