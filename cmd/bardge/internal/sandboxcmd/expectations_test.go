package sandboxcmd

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func FuzzReadExpectations(f *testing.F) {
	for _, text := range []string{"IssuePass=1", "IssuePass=1..3", "IssuePass=1..", "unknown-route=0", "=..", "a=1..0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := readExpectations([]string{text})
		if err != nil {
			assert.Contains(t, err.Error(), "is not OPERATION=COUNT")
			return
		}
		one := all[0]
		switch {
		case one.Exactly != nil:
			assert.GreaterOrEqual(t, *one.Exactly, 0)
		case one.AtMost != nil:
			assert.LessOrEqual(t, *one.AtLeast, *one.AtMost)
		default:
			assert.GreaterOrEqual(t, *one.AtLeast, 0)
		}
	})
}
