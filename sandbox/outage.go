package sandbox

import "time"

// Down takes the server off the network until [Sandbox.Up]: dials are refused and all connections are reset, those of
// requests in work as well. Such a request is executed all the same, and its answer is lost. The server forgets
// nothing.
//
// A server of your own that uses [Sandbox.Handler] still takes connections; the handler closes them without an answer,
// and the ledger does not see the requests.
func (s *Sandbox) Down() { s.goDown() }

// Up ends what [Sandbox.Down] or [Sandbox.Outage] began.
func (s *Sandbox) Up() {
	s.mu.Lock()
	outage := s.outages
	s.mu.Unlock()
	s.comeBack(outage)
}

// Outage is Down now and Up after d, unless a later Down or Outage takes its place.
func (s *Sandbox) Outage(d time.Duration) {
	outage := s.goDown()
	time.AfterFunc(d, func() { s.comeBack(outage) })
}

// goDown returns the number of this outage.
func (s *Sandbox) goDown() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
	s.outages++
	s.listener.SetDown(true)
	for _, conn := range s.listener.Conns() {
		conn.Reset()
	}
	return s.outages
}

// comeBack ends an outage unless another one has begun.
func (s *Sandbox) comeBack(outage int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outages == outage {
		s.down = false
		s.listener.SetDown(false)
	}
}

// cutOff reports whether the server has gone down since a call arrived, and its connection with it.
func (s *Sandbox) cutOff(c *call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outages != c.outages
}
