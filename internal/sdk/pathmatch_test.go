package sdk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/sdk"
)

func TestJ14_APathIsOfItsTemplate(t *testing.T) {
	for name, row := range map[string]struct {
		template, path string
		want           bool
	}{
		"fixed":                    {"/issued-passes", "/issued-passes", true},
		"another":                  {"/issued-passes", "/credits", false},
		"longer":                   {"/issued-passes", "/issued-passes/1", false},
		"shorter":                  {"/issued-passes/{id}", "/issued-passes", false},
		"a value":                  {"/issued-passes/{id}/expiry", "/issued-passes/a%2Fb/expiry", true},
		"no value":                 {"/issued-passes/{id}/expiry", "/issued-passes//expiry", false},
		"another path in disguise": {"/a/{id}/b", "/a/../b", false},
		"and escaped":              {"/a/{id}/b", "/a/%2e%2e/b", false},
		"a query":                  {"/a/{id}", "/a/1?b=2", false},
		"a fragment":               {"/a/{id}", "/a/1#b", false},
		"a broken escape":          {"/a/{id}", "/a/%zz", false},
	} {
		assert.Equal(t, row.want, sdk.PathMatches(row.template, row.path), name)
	}
}
