package gen_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The generator's own runtime would add 75 modules to a user's graph.
func TestGeneratedCodeImportsTheStandardLibraryAndWireOnly(t *testing.T) {
	files, err := filepath.Glob("*.gen.go")
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			isStandard := !strings.Contains(path, ".")
			assert.True(t, isStandard || path == "github.com/bardge/bardge-go/internal/wire", "%s imports %s", file, path)
		}
	}
}
