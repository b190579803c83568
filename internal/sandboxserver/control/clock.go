package control

import (
	"net/http"
	"time"
)

// clock is the server's clock.
type clock struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

func (a *API) clock(*http.Request) (clock, error) {
	return clock{a.control.Clock.Now(), a.control.Clock.Frozen()}, nil
}

type advance struct {
	By span `json:"by"`
}

func (a *API) advanceClock(r *http.Request, in advance) (clock, error) {
	if err := a.control.Clock.Advance(time.Duration(in.By)); err != nil {
		return clock{}, err
	}
	return a.clock(r)
}

// nothing is a body without fields.
type nothing struct{}

func (a *API) freezeClock(r *http.Request, _ nothing) (clock, error) {
	a.control.Clock.Freeze()
	return a.clock(r)
}

func (a *API) resumeClock(r *http.Request, _ nothing) (clock, error) {
	a.control.Clock.Resume()
	return a.clock(r)
}

type keyMemory struct {
	Memory span `json:"memory"`
}

func (a *API) keyMemory(*http.Request) (keyMemory, error) {
	return keyMemory{span(a.control.KeyMemory())}, nil
}

func (a *API) setKeyMemory(r *http.Request, in keyMemory) (keyMemory, error) {
	if err := a.control.SetKeyMemory(time.Duration(in.Memory)); err != nil {
		return keyMemory{}, err
	}
	return a.keyMemory(r)
}
