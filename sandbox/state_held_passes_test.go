package sandbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// collector makes a client who holds many passes: n for spas and, before
// those, one for gyms.
func collector(n int) (s *state, owner *client, gym *issuedPass) {
	w, err := newWorld(fakeserver.Settings{Now: time.Now})
	if err != nil {
		panic(err)
	}
	s = w.state
	owner = s.addClient(ownReseller, gen.ClientProfile{ID: "client_collector"})
	gym = s.issue("brgpass_gym", owner, s.packages.byID["pass_trial"])
	for i := range n {
		s.issue(fmt.Sprint("brgpass_spa_", i), owner, s.packages.byID["pass_spa"])
	}
	return s, owner, gym
}

func TestTheBestPassIsTheNewestThatCovers(t *testing.T) {
	s, owner, gym := collector(3)
	at := s.providers.byID["gym_fitzone"]
	best := func() *issuedPass {
		t.Helper()
		found, err := s.passOf(owner, "", at)
		require.NoError(t, err)
		return found
	}
	assert.Same(t, gym, best())
	newest := s.passes.byID[ownReseller+"/brgpass_spa_2"]
	gym.ExpiresAt.Time = s.now()
	assert.Same(t, newest, best(), "none covers: the newest")
	newest.ExpiresAt.Time = s.now()
	assert.Same(t, s.passes.byID[ownReseller+"/brgpass_spa_1"], best())

	first := s.passes.byID[ownReseller+"/brgpass_spa_0"]
	owner.passes.remove(first)
	first.hold(gym.pack)
	owner.passes.add(first)
	assert.Same(t, first, best(), "its package has changed")
	gym.ExpiresAt.Time = s.now().Add(time.Hour)
	assert.Same(t, first, best(), "issued after the other")
}

// The time for a pass must not grow with how many a client has.
func BenchmarkPassOf(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, owner, gym := collector(n)
			at := s.providers.byID["gym_fitzone"]
			for b.Loop() {
				if found, _ := s.passOf(owner, "", at); found != gym {
					b.Fatal("another pass")
				}
			}
		})
	}
}
