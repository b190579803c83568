package leaks_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/leaks"
)

// TestR23_TheHuntFinds: the search sees each secret in each form.
func TestR23_TheHuntFinds(t *testing.T) {
	const secret = "lkpt_0001"
	for _, text := range []string{
		"a " + secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("%d", []byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("{" + secret + "}")),
		base64.StdEncoding.EncodeToString([]byte(`{"` + secret + `"}`)),
	} {
		assert.NotEmpty(t, leaks.Find(text, secret), text)
	}
	assert.Empty(t, leaks.Find("246810123", "246810"), "a longer number")
	assert.NotEmpty(t, leaks.Find("code=246810", "246810"))
}
