package idem_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestSecretHidesFromFormatting(t *testing.T) {
	secret := idem.Secret("ABC12345")
	holder := struct {
		Name string
		Code idem.Secret
		Ptr  *idem.Secret
	}{"Ada", secret, &secret}

	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, value := range []any{secret, &secret, holder, &holder, []idem.Secret{secret}} {
			shown := strings.ToUpper(fmt.Sprintf(verb, value))
			assert.NotContains(t, shown, "ABC12345", verb)
			assert.NotContains(t, shown, "4142433132333435", verb)
		}
	}
	assert.Equal(t, "{Ada [redacted]}", fmt.Sprint(struct {
		Name string
		Code idem.Secret
	}{"Ada", secret}))
	assert.Equal(t, "[redacted]", secret.String())
}

func TestSecretHidesFromLogs(t *testing.T) {
	var text, structured strings.Builder
	slog.New(slog.NewTextHandler(&text, nil)).Info("issued", "code", idem.Secret("ABC12345"))
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("issued", "code", idem.Secret("ABC12345"))

	for _, log := range []string{text.String(), structured.String()} {
		assert.Contains(t, log, "[redacted]")
		assert.NotContains(t, log, "ABC12345")
	}
}

func TestSecretTravelsInJSON(t *testing.T) {
	data, err := json.Marshal(idem.Secret("ABC12345"))
	require.NoError(t, err)
	assert.Equal(t, `"ABC12345"`, string(data))

	var secret idem.Secret
	require.NoError(t, json.Unmarshal(data, &secret))
	assert.Equal(t, "ABC12345", string(secret))
}
