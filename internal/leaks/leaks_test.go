package leaks_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/internal/leaks"
)

func TestR23_TheHuntFinds(t *testing.T) {
	const secret = "lkpt_0001"
	for _, text := range []string{
		"a " + secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("%d", []byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("{" + secret + "}")),
		base64.StdEncoding.EncodeToString([]byte(`{"` + secret + `"}`)),
	} {
		assert.NotEmpty(t, leaks.Find(text, secret), text)
	}
	for _, number := range []string{"246810123", "9246810", "fc246810", "246810Ab"} {
		assert.Empty(t, leaks.Find(number, "246810"), "a longer number: %s", number)
	}
	assert.NotEmpty(t, leaks.Find("1"+secret+"and", secret), "no number at all")
	assert.Empty(t, leaks.Find(secret+"2", secret), "another one's")
	for _, text := range []string{
		"code=246810", "246810", "fc246810 and 246810.", fmt.Sprintf("%x", "1246810a"), fmt.Sprintf("%d", []byte("1246810")),
		base64.StdEncoding.EncodeToString([]byte("1246810")),
	} {
		assert.NotEmpty(t, leaks.Find(text, "246810"), text)
	}
}
