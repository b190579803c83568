//go:build race

package idem

const underRace = true
