package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParts(t *testing.T) {
	all, err := choose("")
	require.NoError(t, err)
	assert.Len(t, all, len(parts))
	some, err := choose("connections,readback")
	require.NoError(t, err)
	require.Len(t, some, 2)
	assert.Equal(t, "readback", some[0].name, "in the order of the document")
	for _, wrong := range []string{"safe", "safety,", "safety,speed,nothing"} {
		_, err = choose(wrong)
		assert.ErrorContains(t, err, "the parts are safety, readback, below, speed, growth, pace, connections", wrong)
	}
	titles := map[string]bool{}
	for _, p := range parts {
		titles[p.title] = true
		test, err := filepath.Glob(filepath.Join(p.pkg, "*_test.go"))
		require.NoError(t, err)
		assert.NotEmpty(t, test, p.name)
	}
	assert.Len(t, titles, len(parts))
}

func TestAPartIsMeasuredAloneAndTheOtherSectionsStay(t *testing.T) {
	out := filepath.Join(t.TempDir(), "RESULTS.md")
	measured := map[string]string{}
	measure := func(p part) (string, error) { return measured[p.name] + "\n", nil }
	for _, p := range parts {
		measured[p.name] = "| first | " + p.name + " |"
	}
	require.NoError(t, run(parts, out, measure))
	first := sectionsIn(t, out)
	require.Len(t, first, len(parts))

	growth, err := choose("growth")
	require.NoError(t, err)
	measured["growth"] = "| second |"
	require.NoError(t, run(growth, out, measure))
	second := sectionsIn(t, out)
	assert.Contains(t, second["Growth"], "| second |")
	assert.NotContains(t, second["Growth"], "| first |")
	for _, p := range parts {
		assert.Contains(t, second[p.title], machine())
		if p.name != "growth" {
			assert.Equal(t, first[p.title], second[p.title])
		}
	}
	doc, err := os.ReadFile(out)
	require.NoError(t, err)
	assert.Equal(t, string(doc), document(sectionsOf(string(doc))), "nothing is lost by reading and writing")
	assert.Regexp(t, `(?s)^# Side by side\n.*\n## Safety\n.*\n## Safety where .*\n## Below .*\n## Speed\n.*\n## Growth\n.*\n## Connections\n`,
		string(doc))
}

func TestAPartThatFailsLosesNoOther(t *testing.T) {
	out := filepath.Join(t.TempDir(), "RESULTS.md")
	broken := errors.New("broken")
	err := run(parts, out, func(p part) (string, error) {
		if p.name == "speed" {
			return "", broken
		}
		return "text", nil
	})
	require.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "speed: ")
	assert.Len(t, sectionsIn(t, out), 3, "the ones before it")
}

func TestNothingIsWrittenWithoutAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, run(parts[:1], "", func(part) (string, error) { return "text", nil }))
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Empty(t, files)
}

func sectionsIn(t *testing.T, file string) map[string]string {
	t.Helper()
	doc, err := os.ReadFile(file)
	require.NoError(t, err)
	return sectionsOf(string(doc))
}
