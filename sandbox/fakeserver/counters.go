package fakeserver

import (
	"fmt"
	"regexp"
	"strconv"
)

// Counters make ids that are the same in each run: "booking_0001",
// "booking_0002". They are not safe for concurrent use.
type Counters map[string]int

// Next returns the next id with a prefix.
func (c Counters) Next(prefix string) string {
	c[prefix]++
	return numbered(prefix, c[prefix])
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s_%04d", prefix, n) }

// counted matches an id that counters make.
var counted = regexp.MustCompile(`^(.+)_(\d{4,9})$`)

// Skip makes sure that an id is not made again.
func (c Counters) Skip(id string) {
	if parts := counted.FindStringSubmatch(id); parts != nil {
		n, _ := strconv.Atoi(parts[2]) // at most nine digits
		c[parts[1]] = max(c[parts[1]], n)
	}
}
