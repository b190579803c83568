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
		"fixed":                    {template: "/issued-passes", path: "/issued-passes", want: true},
		"another":                  {template: "/issued-passes", path: "/credits"},
		"longer":                   {template: "/issued-passes", path: "/issued-passes/1"},
		"shorter":                  {template: "/issued-passes/{id}", path: "/issued-passes"},
		"a value":                  {template: "/issued-passes/{id}/expiry", path: "/issued-passes/a%2Fb/expiry", want: true},
		"no value":                 {template: "/issued-passes/{id}/expiry", path: "/issued-passes//expiry"},
		"another path in disguise": {template: "/a/{id}/b", path: "/a/../b"},
		"and escaped":              {template: "/a/{id}/b", path: "/a/%2e%2e/b"},
		"a query":                  {template: "/a/{id}", path: "/a/1?b=2"},
		"a fragment":               {template: "/a/{id}", path: "/a/1#b"},
		"a broken escape":          {template: "/a/{id}", path: "/a/%zz"},
	} {
		assert.Equal(t, row.want, sdk.PathMatches(row.template, row.path), name)
	}
}
