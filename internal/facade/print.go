package facade

import (
	"fmt"
	"io"
)

// Printable lets through what looks like an identifier, so that an answer
// cannot put anything else into logs; "-" stands for the rest.
func Printable(s string) string {
	if s == "" || len(s) > 64 {
		return "-"
	}
	for i := range len(s) {
		c := s[i]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "-"
		}
	}
	return s
}

// Print writes v's String, whatever the verb: for Format methods.
func Print(f fmt.State, v fmt.Stringer) {
	_, _ = io.WriteString(f, v.String()) // fmt.State has nowhere to report to
}
