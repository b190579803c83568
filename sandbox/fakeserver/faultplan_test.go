package fakeserver_test

import (
	"math"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// statuses digs n times.
func (s *site) statuses(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = s.dig()
	}
	return all
}

func TestARuleIsMetAsOftenAsItSays(t *testing.T) {
	s := newSite(t)
	require.NoError(t, s.Control().QueueFaults(
		fakeserver.FaultRule{Operation: "Dig", Fault: fakeserver.ServerErrorBefore(501), Count: 2},
		fakeserver.FaultRule{Operation: "Dig", Fault: fakeserver.ServerErrorBefore(502), Account: "b"},
		fakeserver.FaultRule{Operation: "Dig", Fault: fakeserver.ServerErrorBefore(503)},
	))
	waiting := s.Control().Faults()
	require.Len(t, waiting, 3)
	assert.Equal(t, 2, waiting[0].Count)
	assert.InDelta(t, 1, waiting[2].Probability, 0)
	assert.Equal(t, []int{501, 501, 503, 200}, s.statuses(4))
	assert.Equal(t, 502, s.dig("Account", "b"))
	assert.Empty(t, s.Control().Faults())
	s.Next(dig, fakeserver.Refuse)
	s.Control().ClearFaults()
	assert.Equal(t, http.StatusOK, s.dig())
}

func TestAProbabilityRepeatsWithItsSeed(t *testing.T) {
	run := func(seed uint64) []int {
		s := newSite(t)
		require.NoError(t, s.Control().QueueFaults(fakeserver.FaultRule{
			Operation: "Dig", Fault: fakeserver.ServerErrorBefore(500), Count: 10, Probability: 0.5, Seed: seed,
		}))
		return s.statuses(60)
	}
	first := run(7)
	assert.Equal(t, first, run(7))
	assert.NotEqual(t, first, run(8))
	hit := 0
	for _, status := range first {
		if status == http.StatusInternalServerError {
			hit++
		}
	}
	assert.Equal(t, 10, hit)
}

func TestRandomFaultsCanBeReplaced(t *testing.T) {
	s := newSite(t)
	control := s.Control()
	assert.Equal(t, []int{200, 200}, s.statuses(2))
	require.NoError(t, control.SetRandomFaults(fakeserver.RandomFaults{
		Rate: 1, Faults: []fakeserver.Fault{fakeserver.ServerErrorBefore(507)},
	}))
	assert.Equal(t, []int{507, 507}, s.statuses(2))
	require.NoError(t, control.SetRandomFaults(fakeserver.RandomFaults{}))
	assert.Equal(t, []int{200, 200}, s.statuses(2))
	assert.Equal(t, fakeserver.EverydayFaults(), control.RandomFaults().Faults)
}

func TestBadRulesAreRefused(t *testing.T) {
	s := newSite(t)
	good := fakeserver.FaultRule{Operation: "Dig", Fault: fakeserver.Refuse}
	for name, spoil := range map[string]func(*fakeserver.FaultRule){
		"operation":   func(r *fakeserver.FaultRule) { r.Operation = "Fly" },
		"fault":       func(r *fakeserver.FaultRule) { r.Fault = "flood" },
		"count":       func(r *fakeserver.FaultRule) { r.Count = -1 },
		"probability": func(r *fakeserver.FaultRule) { r.Probability = 1.1 },
		"no number":   func(r *fakeserver.FaultRule) { r.Probability = math.NaN() },
	} {
		bad := good
		spoil(&bad)
		require.Error(t, s.Control().QueueFaults(good, bad), name)
		assert.Empty(t, s.Control().Faults(), "none is queued: "+name)
	}
	for name, bad := range map[string]fakeserver.RandomFaults{
		"rate": {Rate: -1}, "no number": {Rate: math.NaN()}, "fault": {Rate: 1, Faults: []fakeserver.Fault{"flood"}},
	} {
		require.Error(t, s.Control().SetRandomFaults(bad), name)
	}
}

func TestFaultsByPhase(t *testing.T) {
	for _, row := range []struct {
		text  string
		phase fakeserver.Phase
		want  fakeserver.Fault
	}{
		{"reset", "before", fakeserver.ResetBefore},
		{"reset", "after", fakeserver.LoseResponse},
		{"server-error=503", "before", fakeserver.ServerErrorBefore(503)},
		{"server-error=503", "after", fakeserver.ServerErrorAfter(503)},
		{"delay=2s", "before", "delay-before=2s"},
		{"delay=2s", "after", "delay-after=2s"},
		{"proxy-page=502", "before", fakeserver.ProxyPage(502)},
		{"proxy-page=502", "after", fakeserver.ProxyPageAfter(502)},
		{"too-many=0s", "before", "too-many=0s"},
		{"lose-response", "after", fakeserver.LoseResponse},
		{"lose-response", "", fakeserver.LoseResponse},
	} {
		fault, err := fakeserver.ParseFaultPhase(row.text, row.phase)
		require.NoError(t, err, row)
		assert.Equal(t, row.want, fault)
	}
	for text, phase := range map[string]fakeserver.Phase{
		"lose-response": "before", "too-many=0s": "after", "server-error": "before", "server-error=404": "after",
		"reset=1": "before", "reset": "", "none": "after", "refuse": "during",
	} {
		_, err := fakeserver.ParseFaultPhase(text, phase)
		require.Error(t, err, text)
	}
}

func TestAnUnknownFaultsErrorListsAllFaults(t *testing.T) {
	_, err := fakeserver.ParseFault("flood")
	for _, form := range fakeserver.KnownFaults() {
		require.ErrorContains(t, err, form.Form())
		assert.NotEmpty(t, form.Description)
	}
	_, err = fakeserver.ParseFault("unavailable=soon")
	require.ErrorContains(t, err, "unavailable=TIME")
	assert.Empty(t, fakeserver.Fault("flood").Phase())
}
