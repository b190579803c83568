package checks

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheCommandCanBeInstalled: "go install" of a version refuses a go.mod with
// a replace or an exclude. The go.work beside it takes their place.
func TestTheCommandCanBeInstalled(t *testing.T) {
	type edits struct {
		Replace []any `json:"Replace"`
		Exclude []any `json:"Exclude"`
	}
	var mod, work edits
	text := goCommand(t, root, nil, "mod", "edit", "-json", "cmd/bardge/go.mod")
	require.NoError(t, json.Unmarshal([]byte(text), &mod))
	assert.Empty(t, mod.Replace)
	assert.Empty(t, mod.Exclude)
	text = goCommand(t, root, nil, "work", "edit", "-json", "cmd/bardge/go.work")
	require.NoError(t, json.Unmarshal([]byte(text), &work))
	assert.NotEmpty(t, work.Replace)
}
