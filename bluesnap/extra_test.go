package bluesnap

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The page's table names each type with an Extra map, all of its fields, and no
// extra field that is one of them.
func TestThePageListsWhatIsModelled(t *testing.T) {
	page, err := os.ReadFile("../docs/bluesnap.md")
	require.NoError(t, err)
	rows := map[string][2][]string{}
	_, section, _ := strings.Cut(string(page), "## What is modelled")
	section, _, _ = strings.Cut(section, "\n## ")
	for row := range strings.Lines(section) {
		cells := strings.Split(row, "|")
		if len(cells) != 5 || !strings.HasPrefix(row, "| `") {
			continue
		}
		names := inBackticks(cells[1])
		require.Len(t, names, 1, row)
		rows[names[0]] = [2][]string{inBackticks(cells[2]), inBackticks(cells[3])}
	}
	for name, typ := range typesOfMethods() {
		if _, extensible := fieldOf(typ, "Extra"); !extensible {
			continue
		}
		fields := modelled(typ)
		assert.Equal(t, fields, slices.Sorted(slices.Values(rows[name][0])), name)
		for _, extra := range rows[name][1] {
			assert.NotContains(t, fields, extra, name)
		}
		delete(rows, name)
	}
	assert.Empty(t, rows, "rows of no type")
}

var backticks = regexp.MustCompile("`([^`]+)`")

func inBackticks(text string) []string {
	var names []string
	for _, found := range backticks.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

func fieldOf(typ reflect.Type, name string) (reflect.StructField, bool) {
	if typ.Kind() != reflect.Struct {
		return reflect.StructField{}, false
	}
	return typ.FieldByName(name)
}

// modelled returns the JSON names of a type's fields, in order of their letters.
func modelled(typ reflect.Type) []string {
	var names []string
	for f := range typ.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
