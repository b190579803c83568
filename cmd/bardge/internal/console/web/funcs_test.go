package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
)

func TestAges(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Minute:                   "0 s",
		0:                              "0 s",
		59 * time.Second:               "59 s",
		time.Minute:                    "1 min",
		9*time.Minute + 14*time.Second: "9 min 14 s",
		40*time.Minute + 9*time.Second: "40 min",
		3*time.Hour + 20*time.Minute:   "3 h 20 min",
		14*time.Hour + 20*time.Minute:  "14 h",
		30 * time.Hour:                 "1 d 6 h",
		400 * 24 * time.Hour:           "400 d",
	} {
		assert.Equal(t, want, strings.ReplaceAll(web.Age(d), "\u00a0", " "), d)
	}
}

func TestNoLineEndsBetweenANumberAndItsUnit(t *testing.T) {
	assert.Equal(t, "9\u00a0min 14\u00a0s", web.Age(9*time.Minute+14*time.Second))
	assert.Equal(t, "0\u00a0s", web.Age(0))
}

func TestCounts(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", 10_000: "10,000", 1_234_567: "1,234,567", -5: "-5", -1000: "-1,000", -999: "-999",
	} {
		assert.Equal(t, want, web.Count(n))
	}
}

func TestAKeyIsNeverShownInFull(t *testing.T) {
	for key, want := range map[string]string{
		"":                                     "",
		"k":                                    "…",
		"short":                                "sh…",
		"0190f3c2-0000-7000-8000-000000000000": "0190f3c2-0000…",
	} {
		assert.Equal(t, want, web.ShortKey(key))
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "connection reset": "Connection reset.", "Done.": "Done.", "über": "Über.",
	} {
		assert.Equal(t, want, web.Sentence(text))
	}
}
