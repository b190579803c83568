package fakeserver_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

func TestResetOfParts(t *testing.T) {
	state := func(s *site) string {
		data, err := s.Control().State(fakeserver.StateQuery{Client: "c"})
		require.NoError(t, err)
		return string(data)
	}
	s := newSite(t, fakeserver.WithRandomFaults(1, 0))
	control := s.Control()
	s.dig("X-Key", "k")
	assert.JSONEq(t, `{"holes":1,"client":"c"}`, state(s))

	require.Error(t, control.Reset("state", "clock"), "the clock does not go back")
	assert.JSONEq(t, `{"holes":1,"client":"c"}`, state(s), "a bad part resets nothing")
	require.NoError(t, control.Reset(fakeserver.PartLedger))
	assert.Empty(t, control.Counts())
	s.dig("X-Key", "k")
	assert.Equal(t, fakeserver.ResultReplayed, s.lines()[0].Result)
	assert.Equal(t, uint64(2), s.lines()[0].Line, "numbers go on")
	require.NoError(t, control.Reset(fakeserver.PartKeys))
	s.dig("X-Key", "k")
	assert.JSONEq(t, `{"holes":2,"client":"c"}`, state(s))
	require.NoError(t, control.Reset(fakeserver.PartState))
	s.dig("X-Key", "k")
	assert.JSONEq(t, `{"holes":1,"client":"c"}`, state(s), "with the state, the keys are forgotten")

	s.Next(dig, fakeserver.TooMany(0))
	require.NoError(t, control.SetRandomFaults(fakeserver.RandomFaults{Rate: 1}))
	require.NoError(t, control.SetKeyMemory(time.Second))
	require.NoError(t, control.SetSwitch("keys", "off"))
	control.Down()
	require.NoError(t, control.Reset())
	assert.Empty(t, control.Faults())
	assert.Zero(t, control.RandomFaults().Rate)
	assert.Equal(t, time.Hour, control.KeyMemory())
	assert.Equal(t, "on", control.Switches()[0].Value)
	down, _ := control.OutageState()
	assert.False(t, down)
	assert.Empty(t, s.lines())
}

func TestAResetWhileARequestRuns(t *testing.T) {
	s := newSite(t)
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan int)
	s.Next(dig, fakeserver.DelayAfter(time.Hour))
	s.work = func(*http.Request) { close(inside) }
	go func() { done <- s.dig("X-Key", "k") }()
	<-inside
	close(leave)
	require.NoError(t, s.Control().Reset())
	require.NoError(t, s.Control().Clock.Advance(time.Hour))
	assert.Equal(t, http.StatusOK, <-done)
	assert.Empty(t, s.lines(), "its line has gone, and does not come back")
	assert.Empty(t, s.Control().Counts())
}

func TestSwitches(t *testing.T) {
	_, err := fakeserver.NewSettings(fakeserver.KeyRules{}, []fakeserver.Option{fakeserver.WithSwitch("keys", "perhaps")}, deep)
	require.ErrorContains(t, err, "on, off")
	_, err = fakeserver.NewSettings(fakeserver.KeyRules{}, []fakeserver.Option{fakeserver.WithSwitch("locks", "on")}, deep)
	require.ErrorContains(t, err, "locks")

	s := newSite(t, fakeserver.WithSwitch("keys", "off"))
	control := s.Control()
	twice := func() int {
		before := s.Executed(dig)
		s.dig("X-Key", "k")
		s.dig("X-Key", "k")
		return s.Executed(dig) - before
	}
	assert.Equal(t, 2, twice())
	require.NoError(t, control.SetKeyMemory(time.Minute))
	require.NoError(t, control.SetSwitch("keys", "on"))
	assert.Equal(t, 1, twice())
	assert.Equal(t, time.Minute, control.KeyMemory(), "a switch leaves the key memory")
	require.Error(t, control.SetSwitch("keys", ""))
	require.Error(t, control.SetSwitch("", "on"))
	assert.Equal(t, []fakeserver.SwitchState{{
		Name: "keys", Description: "Whether keys count.", Values: []string{"on", "off"}, Value: "on",
	}}, control.Switches())
}

func TestAVendorWithoutState(t *testing.T) {
	server := mints()
	t.Cleanup(server.Close)
	_, err := server.Control().State(fakeserver.StateQuery{})
	require.ErrorIs(t, err, fakeserver.ErrNoState)
	require.NoError(t, server.Control().Reset())
	assert.Nil(t, server.Control().Accounts)
	assert.Equal(t, []string{"Mint"}, server.Control().Operations())
}

func TestTheLedgersFileHasALinePerFinishedRequest(t *testing.T) {
	var file bytes.Buffer
	s := newSite(t, fakeserver.WithLedgerWriter(&file), fakeserver.WithLedgerLimit(1))
	for range 3 {
		s.dig("X-Key", "k")
	}
	s.send(request(http.MethodGet, "/nowhere"))
	texts := strings.Split(strings.TrimSpace(file.String()), "\n")
	require.Len(t, texts, 4, "whatever the ledger keeps")
	for i, text := range texts {
		var line fakeserver.Line
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		assert.Equal(t, uint64(i+1), line.Line)
		assert.NotEqual(t, fakeserver.ResultPending, line.Result)
	}
	require.NoError(t, s.Control().LedgerError())
}

var errFull = errors.New("disk is full")

type fullDisk struct{ writes int }

func (d *fullDisk) Write([]byte) (int, error) {
	d.writes++
	return 0, errFull
}

func TestALedgersFileThatFailsStopsNothing(t *testing.T) {
	var disk fullDisk
	s := newSite(t, fakeserver.WithLedgerWriter(&disk))
	assert.Equal(t, http.StatusOK, s.dig())
	assert.Equal(t, http.StatusOK, s.dig())
	require.ErrorIs(t, s.Control().LedgerError(), errFull)
	assert.Equal(t, 1, disk.writes)
}
