package calls

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

func TestTheCommandLineOfAResumption(t *testing.T) {
	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{name: "plain", args: []string{"a", "--b", "c"}, want: "bardge a --b c --sent-key K"},
		{name: "quoted", args: []string{"it's", "a b", "", "$x"}, want: `bardge 'it'\''s' 'a b' '' '$x' --sent-key K`},
		{name: "another key", args: []string{"a", "--key", "k", "b"}, want: "bardge a b --sent-key K"},
		{name: "another key, joined", args: []string{"--sent-key=k", "--sent-at=t", "b"}, want: "bardge b --sent-key K"},
		{name: "arguments behind a dash", args: []string{"a", "--", "--key"}, want: "bardge a --sent-key K -- --key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			i := &invocation[int, int, int]{app: &cli.App{Args: row.args}}
			assert.Equal(t, row.want, i.commandLine("--sent-key", "K"))
		})
	}
}
