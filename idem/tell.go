package idem

// record adds an attempt to the call's timeline.
func (c *call) record(f *flight, j judgement) {
	a := Attempt{
		Number:     len(c.attempts) + 1,
		Start:      f.start.wall,
		Duration:   f.end.mono.Sub(f.start.mono),
		Status:     f.seen.status,
		Verdict:    j.verdict,
		Reason:     j.reason,
		Replayed:   j.replayed,
		ReusedConn: f.seen.reused,
	}
	if c.stop == stopNone {
		a.Wait = c.wait
	}
	c.attempts = append(c.attempts, a)
}

func (c *call) tellStart(number int) {
	if c.engine.observe == nil {
		return
	}
	c.tellAttempt(EventAttemptStarted, Attempt{Number: number}, sighting{})
}

func (c *call) tellAttempt(kind EventKind, a Attempt, s sighting) {
	if c.engine.observe == nil {
		return
	}
	k := c.held.look()
	e := Event{Kind: kind, Operation: c.request.Operation.Name, Attempt: a, Outcome: k.settled()}
	if c.windowed(k) {
		e.KeyAge = k.since.age(c.engine.clock.now())
	}
	if p := c.engine.profile; p.RequestIDHeader != "" && s.header != nil {
		e.RequestID = s.header.Get(p.RequestIDHeader)
	}
	c.engine.observe(e)
}

func (c *call) tellEnd(r Result) {
	if c.engine.observe == nil {
		return
	}
	c.engine.observe(Event{
		Kind:      EventCallEnded,
		Operation: c.request.Operation.Name,
		Attempts:  len(r.Attempts),
		Outcome:   r.Outcome,
	})
}
