package cli_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

// printed returns what data looks like in a format.
func printed(t *testing.T, format cli.Format, data any, times ...string) string {
	t.Helper()
	var out bytes.Buffer
	app := cli.NewApp(cli.Env{Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }})
	app.Output = format
	require.NoError(t, app.Print(data, times...))
	return out.String()
}

func TestATableLeavesTheTerminalAsItIs(t *testing.T) {
	table := printed(t, cli.FormatTable, map[string]string{"name": "\x1b[31mred\u009b\u202e", "a\nb": `"x"`})
	assert.Equal(t, "FIELD  VALUE\n"+`a\nb   "x"`+"\n"+`name   \x1b[31mred\u009b\u202e`+"\n", table)
}

func TestTablesOfListsHaveFieldsThatFit(t *testing.T) {
	type row struct {
		ID     string   `json:"id"`
		Tiers  []string `json:"tiers,omitempty"`
		Nested any      `json:"nested,omitempty"`
		At     int64    `json:"at,omitempty"`
	}
	rows := []row{{ID: "1", Nested: row{ID: "x"}}, {ID: "2", Tiers: []string{"A", "B"}, At: 1777887000000}, {ID: "3", At: 1777887000}}
	assert.Equal(t, `ID  TIERS  AT
1
2   A, B   2026-05-04T09:30:00Z
3          2026-05-04T09:30:00Z
`, printed(t, cli.FormatTable, rows, "at"))
}

func TestYAMLKeepsStringsAndDigits(t *testing.T) {
	data := struct {
		Text  string   `json:"text"`
		True  string   `json:"true"`
		Big   uint64   `json:"big"`
		Empty []string `json:"empty"`
		Null  *int     `json:"null"`
	}{Text: "007", True: "true", Big: 12345678901234567890, Empty: []string{}}
	assert.Equal(t, "text: \"007\"\n\"true\": \"true\"\nbig: 12345678901234567890\nempty: []\n\"null\": null\n",
		printed(t, cli.FormatYAML, data))
}

func TestJSONKeepsAngleBrackets(t *testing.T) {
	assert.Equal(t, "[\n  \"<a&b>\"\n]\n", printed(t, cli.FormatJSON, []string{"<a&b>"}))
}
