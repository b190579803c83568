package idem

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The trial: 2,000 calls of 400 callers at 50 a second take 39.8 s at best.
func TestR41_ManyCallersAtALimit(t *testing.T) {
	for name, row := range map[string]struct {
		server *limitedServer
		change func(*Config)
		share  float64
		took   float64 // seconds
	}{
		"unknown": {server: newLimitedServer(bucket(50, 10)), change: func(*Config) {}, share: 0.01, took: 52},
		"known": {
			server: newLimitedServer(bucket(50, 10)), took: 42,
			change: func(c *Config) { c.RateLimit = 50 },
		},
		"unknown, a fixed window": {server: newLimitedServer(fixedWindow(50)), change: func(*Config) {}, share: 0.01, took: 55},
		"known, a fixed window":   {server: newLimitedServer(fixedWindow(50)), change: func(c *Config) { c.RateLimit = 50 }, took: 42},
		"unknown, burst 1":        {server: newLimitedServer(bucket(50, 1)), change: func(*Config) {}, share: 0.02, took: 70},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, row.server.ServeHTTP, func(t *testing.T, w *world) {
				issueMany(t, w, row.server)
				assert.LessOrEqual(t, row.server.share(), row.share)
				assert.LessOrEqual(t, row.server.took().Seconds(), row.took)
			}, row.change)
		})
	}
}
