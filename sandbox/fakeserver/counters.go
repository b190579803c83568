package fakeserver

import "fmt"

// Counters make ids that are the same in each run: "booking_0001",
// "booking_0002". They are not safe for concurrent use.
type Counters map[string]int

// Next returns the next id with a prefix.
func (c Counters) Next(prefix string) string {
	c[prefix]++
	return numbered(prefix, c[prefix])
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s_%04d", prefix, n) }
