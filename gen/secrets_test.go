package gen_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/gen"
)

// R23: no print of a model shows what lets somebody in.
func TestR23_ModelsDoNotPrintSecrets(t *testing.T) {
	for _, value := range []any{
		gen.IssuedPass{Passcode: "s3cret"},
		&gen.IssuedPass{Passcode: "s3cret"},
		&gen.AccessCode{Code: "s3cret", QRCode: "data:image/png;base64,s3cret"},
		gen.VerifyLookupParams{AccessCode: "s3cret"},
		&gen.VerifiedLookup{Token: "s3cret"},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			assert.NotContains(t, fmt.Sprintf(verb, value), "s3cret")
		}
	}
}
