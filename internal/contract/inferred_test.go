package contract

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
)

// docs/inferred.md has a line for each operation whose request is inferred in
// some part: its path, its class, a parameter, or a field of its body. The
// README states how many there are.
func TestDocumentsListWhatIsInferred(t *testing.T) {
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| (\\w+) \\| `(\\w+ \\S+)` \\|").FindAllStringSubmatch(document(t, "docs/inferred.md"), -1) {
		listed = append(listed, row[1]+" "+row[2])
	}
	contract := readContract(t)
	var inferred []string
	for _, op := range gen.Operations() {
		if contract.infers(t, op) {
			inferred = append(inferred, string(op.ID)+" "+op.Method+" "+op.Path)
		}
	}
	assert.Equal(t, inferred, listed)
	readme := strings.Join(strings.Fields(document(t, "README.md")), " ")
	assert.Contains(t, readme, fmt.Sprintf("%d of the %d requests", len(inferred), len(gen.Operations())))
}

func document(t *testing.T, name string) string {
	t.Helper()
	file, err := os.ReadFile("../../" + name)
	require.NoError(t, err)
	return string(file)
}

// contract is gen/openapi.yaml, split into parts.
type contract struct {
	operations map[string]string // by operationId
	components map[string]string // parameters and schemas, by name
}

var (
	aComponent = regexp.MustCompile(`(?m)^ {4}(\w+):\n`)
	aReference = regexp.MustCompile(`#/components/(?:parameters|schemas)/(\w+)`)
)

func readContract(t *testing.T) contract {
	t.Helper()
	paths, components, found := strings.Cut(document(t, "gen/openapi.yaml"), "\ncomponents:\n")
	require.True(t, found)

	c := contract{operations: map[string]string{}, components: map[string]string{}}
	for _, text := range strings.Split(paths, "operationId: ")[1:] {
		id, rest, _ := strings.Cut(text, "\n")
		c.operations[id] = rest
	}
	names := aComponent.FindAllStringSubmatchIndex(components, -1)
	for i, at := range names {
		end := len(components)
		if i+1 < len(names) {
			end = names[i+1][0]
		}
		c.components[components[at[2]:at[3]]] += components[at[0]:end]
	}
	return c
}

// infers reports whether a part of an operation's request is inferred: its own
// text, its parameters or its body's schema. Responses do not count.
func (c contract) infers(t *testing.T, op gen.Operation) bool {
	t.Helper()
	text := c.operations[string(op.ID)]
	require.NotEmpty(t, text, op.ID)
	parts := []string{text}
	for _, name := range aReference.FindAllStringSubmatch(text, -1) {
		require.Contains(t, c.components, name[1])
		parts = append(parts, c.components[name[1]])
	}
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(part, "evidence: inferred") })
}
