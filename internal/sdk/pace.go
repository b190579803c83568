package sdk

import "github.com/bardge/bardge-go/idem"

// RateLimit sets the server's limit, in requests a second.
func RateLimit(perSecond float64) Option {
	return Option{"WithRateLimit", func(s *Settings) error {
		if perSecond == 0 { // which is the engine's default; it refuses others
			return &idem.InvalidError{Field: "RateLimit", Reason: "is zero"}
		}
		s.RateLimit = perSecond
		return nil
	}}
}

// Limiter sets the caller's own limiter.
func Limiter(l idem.Limiter) Option {
	return Option{"WithLimiter", func(s *Settings) error {
		if IsNil(l) {
			return &idem.InvalidError{Field: "limiter", Reason: "is nil"}
		}
		s.Limiter = l
		return nil
	}}
}

// MaxConcurrent limits the requests at the same time.
func MaxConcurrent(n int) Option {
	return Option{"WithMaxConcurrent", func(s *Settings) error {
		if n < 1 {
			return &idem.InvalidError{Field: "number of concurrent requests", Reason: "is less than 1"}
		}
		s.MaxConcurrent = n
		return nil
	}}
}
