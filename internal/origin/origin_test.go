package origin_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/origin"
)

func TestAnOriginIsTheSameHoweverItIsWritten(t *testing.T) {
	for address, want := range map[string]string{
		"https://pay.example/a?b":      "https://pay.example:443",
		"https://PAY.example:443":      "https://pay.example:443",
		"https://pay.example.:443/":    "https://pay.example:443",
		"http://pay.example":           "http://pay.example:80",
		"http://pay.example:443":       "http://pay.example:443",
		"https://[2001:DB8::1]:8443/a": "https://[2001:db8::1]:8443",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, origin.Of(u), address)
	}
}
