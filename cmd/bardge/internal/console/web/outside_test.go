package web_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A page for a request that is not let in shows neither what pages there are nor
// whether the journal may be changed.
func TestWhoIsOutsideSeesNoNavigation(t *testing.T) {
	c := start(t, true)
	text := func(response *http.Response) string {
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(body)
	}
	for name, body := range map[string]string{
		"no secret":      text(c.send(http.MethodGet, "/things")),
		"another origin": text(c.send(http.MethodGet, "/things", "Authorization", c.Authorization, "Origin", "http://evil.example")),
	} {
		assert.Contains(t, body, "<h1>", name)
		assert.NotContains(t, body, "<nav", name)
		assert.NotContains(t, body, "Writes allowed", name)
	}
	inside := text(c.send(http.MethodGet, "/none", "Authorization", c.Authorization))
	assert.Contains(t, inside, "<nav")
	assert.Contains(t, inside, "Writes allowed")
}
