package idem

import "hash/maphash"

// lostResponses remembers the last success of the API that could not be
// decoded, and how often the same bytes came: they will not change (R38).
type lostResponses struct {
	hash  uint32
	times uint8
}

var lostSeed = maphash.MakeSeed()

func lostHash(body []byte) uint32 { return uint32(maphash.Bytes(lostSeed, body)) }

// equal is how often the same response has come before this one.
func (l *lostResponses) equal(s *evidence) int {
	if !s.readWhole() || lostHash(s.Body) != l.hash {
		return 0
	}
	return int(l.times)
}

// add remembers a response, unless a part of it was not read.
func (l *lostResponses) add(s *evidence) {
	if !s.readWhole() {
		return
	}
	times := min(l.equal(s)+1, maxLostRetries)
	l.hash, l.times = lostHash(s.Body), uint8(times)
}

func (s *evidence) readWhole() bool { return s.Err == nil && s.BodyErr == nil && !s.TooLarge }
