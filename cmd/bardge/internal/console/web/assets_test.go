package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is not ours is as npm has it: htmx.org 4.0.1, dist/htmx.min.js,
// dist/ext/hx-sse.min.js and LICENSE.
func TestVendoredFilesAreUnchanged(t *testing.T) {
	for name, sum := range map[string]string{
		"htmx.min.js":   "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
		"hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
		"htmx.LICENSE":  "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
	} {
		text, err := os.ReadFile(filepath.Join("assets", name))
		require.NoError(t, err)
		got := sha256.Sum256(text)
		assert.Equal(t, sum, hex.EncodeToString(got[:]), name)
	}
}

func TestAssetsAreForAll(t *testing.T) {
	c := start(t, false)
	for name, kind := range map[string]string{
		"style.css": "text/css", "timeline.css": "text/css", "htmx.min.js": "text/javascript", "forms.js": "text/javascript",
		"hx-sse.min.js": "text/javascript", "htmx.LICENSE": "text/plain", "icon.svg": "image/svg+xml",
	} {
		response := c.send(http.MethodGet, "/assets/"+name)
		assert.Equal(t, http.StatusOK, response.StatusCode, name)
		assert.Contains(t, response.Header.Get("Content-Type"), kind, name)
	}
	for _, path := range []string{"/assets/", "/assets/none", "/assets/..%2fserver.go", "/assets/%2e%2e/server.go"} {
		assert.NotEqual(t, http.StatusOK, c.send(http.MethodGet, path).StatusCode, path)
	}
}

// Templates have no script of their own: the policy forbids it, and attributes
// of htmx that hold script fail without a message.
func TestTemplatesHoldNoScript(t *testing.T) {
	linked := regexp.MustCompile(`<script src="/assets/[a-z.-]+" defer></script>`)
	forbidden := regexp.MustCompile(`(?i)<script|\son[a-z]+=|\sstyle=|hx-on|hx-vals="?'?js:|javascript:|hx-trigger="[^"]*\[|<style`)
	paths, err := filepath.Glob(filepath.Join("..", "*", "templates", "*.html"))
	require.NoError(t, err)
	require.Greater(t, len(paths), 6)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Empty(t, forbidden.FindAllString(linked.ReplaceAllString(string(text), ""), -1), path)
	}
	for _, wrong := range []string{`<a onclick="x">`, `<p style="x">`, `<script>x</script>`, `<i hx-on:click="x">`, `<a hx-trigger="click[x]">`} {
		assert.Regexp(t, forbidden, wrong)
	}
}
