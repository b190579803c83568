package fakeserver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEverydayFaultsExist(t *testing.T) {
	seen := map[Fault]bool{}
	for _, fault := range EverydayFaults() {
		_, err := ParseFault(string(fault))
		require.NoError(t, err)
		assert.False(t, seen[fault], "%s is there twice", fault)
		seen[fault] = true
	}
}

// FuzzFault proves that text from outside either is no fault or is a fault
// whose text parses to itself.
func FuzzFault(f *testing.F) {
	for _, fault := range append(EverydayFaults(), NoFault, KeyStoreFailure, "", "flood", "proxy-page=", "delay-before=-1s") {
		f.Add(string(fault))
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := readFault(Fault(text))
		effect := effectOf(Fault(text))
		switch {
		case text == "" || text == string(NoFault):
			assert.Zero(t, effect)
		case err != nil:
			assert.Equal(t, unreadable, effect.name)
		default:
			assert.Equal(t, read, effect)
			assert.True(t, strings.HasPrefix(text, read.name))
			assert.True(t, read.status == 0 || read.status >= 200 && read.status <= 599)
			assert.GreaterOrEqual(t, read.time, time.Duration(0))
		}
	})
}
