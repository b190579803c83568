package fakeserver_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestParseBend(t *testing.T) {
	b, err := fakeserver.ParseBend(`  IssuePass :  set   status  "a  b" `)
	require.NoError(t, err)
	assert.Equal(t, fakeserver.Bend{Operation: "IssuePass", Kind: "set", Subject: "status", Value: `"a  b"`}, b)
	again, err := fakeserver.ParseBend(b.String())
	require.NoError(t, err)
	assert.Equal(t, b, again)
	for text, message := range map[string]string{
		"":                      `sandbox: bend "" is not of the form OPERATION: KIND ARGUMENTS`,
		": remove id":           `sandbox: bend ": remove id" is not of the form OPERATION: KIND ARGUMENTS`,
		"IssuePass remove id":   `sandbox: bend "IssuePass remove id" is not of the form OPERATION: KIND ARGUMENTS`,
		"IssuePass: remove":     `sandbox: bend "IssuePass: remove" is not of the form OPERATION: remove FIELD`,
		"IssuePass: remove a b": `sandbox: bend "IssuePass: remove a b" is not of the form OPERATION: remove FIELD`,
		"IssuePass: rename a":   `sandbox: bend "IssuePass: rename a" is not of the form OPERATION: rename FIELD NAME`,
		"IssuePass: empty it":   `sandbox: bend "IssuePass: empty it" is not of the form OPERATION: empty`,
		"IssuePass: wrap":       `sandbox: bend "IssuePass: wrap" is not of the form OPERATION: wrap NAME`,
	} {
		_, err := fakeserver.ParseBend(text)
		assert.EqualError(t, err, message)
	}
	_, err = fakeserver.ParseBend("IssuePass: twist id")
	assert.ErrorContains(t, err, `sandbox: no bend is named "twist"; there are rename FIELD NAME, remove FIELD, add FIELD JSON`)
}

func TestKnownBendsAreParsed(t *testing.T) {
	for _, form := range fakeserver.KnownBends() {
		b, err := fakeserver.ParseBend("*: " + form.Form())
		require.NoError(t, err)
		assert.Equal(t, fakeserver.Bend{Operation: "*", Kind: form.Kind, Subject: form.Subject, Value: form.Value}, b)
		assert.NotEmpty(t, form.Description)
	}
}
