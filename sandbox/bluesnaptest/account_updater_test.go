package bluesnaptest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The codes are those of the vendor's page "Create Account Updater".
func TestAnAccountUpdatersBatchIsAnsweredCardByCard(t *testing.T) {
	card := func(id, inside string) string {
		return `<account-update><merchant-updater-id>` + id + `</merchant-updater-id><original-card>` + inside + `</original-card></account-update>`
	}
	batch := func(updates string) string {
		return `<batch-account-update><account-update-batch-id>7</account-update-batch-id>` + updates + `</batch-account-update>`
	}
	const month, year = `<expiration-month>02</expiration-month>`, `<expiration-year>2031</expiration-year>`
	inBubble(t, func(g *rig) {
		got := g.xml().post("/account-updater", batch(
			card("a", `<credit-card><card-number>4263982640269299</card-number>`+month+year+`</credit-card>`)+
				card("b", `<credit-card>`+month+year+`</credit-card>`)+
				card("c", `<credit-card><card-number>4263982640269299</card-number>`+month+`</credit-card>`)))
		require.NoError(t, got.err)
		require.Equal(t, 200, got.status, got.body)
		for id, code := range map[string]string{"a": "000", "b": "301", "c": "320"} {
			assert.Contains(t, got.body, `<merchant-updater-id>`+id+`</merchant-updater-id><update-response-code>`+code+`</update-response-code>`)
		}
		assert.NotContains(t, got.body, "4263982640269299")
		for name, body := range map[string]string{
			"no card": batch(""), "no id of a card": batch(`<account-update><original-card/></account-update>`),
			"no original card": batch(`<account-update><merchant-updater-id>1</merchant-updater-id></account-update>`),
			"another element":  batch(`<account-updater/>`),
		} {
			assert.Equal(t, 400, g.xml().post("/account-updater", body).status, name)
		}
	})
}
