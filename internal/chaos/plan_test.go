package chaos_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

// struck returns what strikes the first request of each of 400 operations,
// visited in the order that step gives.
func struck(t *testing.T, seed uint64, step int) map[string]string {
	t.Helper()
	struck := map[string]string{}
	in(t, chaos.Config{Seed: seed, Faults: chaos.Faults{First: 0.3}}, func(t *testing.T, sim *chaos.Simulation) {
		send := plain(sim)
		for n := range 400 {
			op := chaos.NewOp(chaos.Keyed, fmt.Sprint("op-", n*step%400))
			send(t.Context(), op, "key-"+op.ID)
			for line := range strings.Lines(sim.Ledger.Timeline(op)) {
				if _, fault, ok := strings.Cut(line, "request 1 leaves "); ok {
					struck[op.ID] = fault
				}
			}
		}
	})
	return struck
}

func TestPlanIsAFunctionOfSeedOperationAndNumber(t *testing.T) {
	first := struck(t, 1, 1)
	assert.Equal(t, first, struck(t, 1, 7), "another order")
	assert.NotEqual(t, first, struck(t, 2, 1), "another seed")
}

var ofDials = []chaos.Kind{chaos.DialRefused, chaos.DialHangs, chaos.UnknownHost, chaos.BadCertificate}

func TestPlanStrikesThreeInTenAndEveryKind(t *testing.T) {
	hit, met := 0, map[string]bool{}
	for seed := range uint64(5) {
		for _, fault := range struck(t, seed, 1) {
			kind, _, _ := strings.Cut(fault, "/")
			if met[kind] = true; kind != "(no fault)\n" {
				hit++
			}
		}
	}
	assert.InDelta(t, 0.3, float64(hit)/2000, 0.04)
	for kind := range chaos.DefaultMix() {
		if slices.Contains(ofDials, kind) {
			continue
		}
		assert.Contains(t, met, "("+string(kind))
	}
}

func TestPlanSomeFaultsLast(t *testing.T) {
	for kind, struck := range map[chaos.Kind]int{chaos.Ingress: 3, chaos.RotatedKey: 3, chaos.OddEncoding: 5, chaos.NotImplemented: 1} {
		t.Run(string(kind), func(t *testing.T) {
			cfg := chaos.Config{Faults: chaos.Faults{First: 1, Mix: map[chaos.Kind]int{kind: 1}}}
			in(t, cfg, func(t *testing.T, sim *chaos.Simulation) {
				op, send := chaos.NewOp(chaos.Safe, "op"), plain(sim)
				for range 5 {
					send(t.Context(), op, "")
				}
				assert.Equal(t, struck, strings.Count(sim.Ledger.Timeline(op), "leaves ("+string(kind)+"/"))
			})
		})
	}
}

func TestDialFaultsByTheMix(t *testing.T) {
	for kind, is := range map[chaos.Kind]func(error) bool{
		chaos.DialRefused:    func(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) },
		chaos.UnknownHost:    func(err error) bool { var e *net.DNSError; return errors.As(err, &e) && e.IsNotFound },
		chaos.BadCertificate: func(err error) bool { var e *tls.CertificateVerificationError; return errors.As(err, &e) },
	} {
		t.Run(string(kind), func(t *testing.T) {
			cfg := chaos.Config{Faults: chaos.Faults{Dial: 0.5, Mix: map[chaos.Kind]int{kind: 1}}}
			in(t, cfg, func(t *testing.T, sim *chaos.Simulation) {
				failed := 0
				for range 60 {
					c, err := sim.DialContext(t.Context(), "tcp", strings.TrimPrefix(sim.URL, "http://"))
					if err == nil {
						require.NoError(t, c.Close())
						continue
					}
					failed++
					assert.True(t, is(err), err)
				}
				assert.InDelta(t, 30, failed, 12)
			})
		})
	}
}
