package idem_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
)

// resending is a transport that waits for two minutes when a request has
// failed, sends it once more, and reports nothing.
type resending struct{ base http.RoundTripper }

func (r resending) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	resp, err := r.base.RoundTrip(req)
	if err == nil {
		return resp, nil
	}
	time.Sleep(2 * time.Minute)
	ctx, cancel := context.WithTimeout(blind{context.WithoutCancel(req.Context())}, 10*time.Second)
	defer cancel()
	again := req.Clone(ctx)
	again.Body = io.NopCloser(bytes.NewReader(body))
	if late, err := r.base.RoundTrip(again); err == nil {
		_ = late.Body.Close()
	}
	return nil, err
}

// TestAssumptions_WhatHappensOutside steps outside of each assumption that the
// promise rests on, and shows that it does not hold there: the model sees it,
// and the assumptions are needed.
func TestAssumptions_WhatHappensOutside(t *testing.T) {
	rows := map[string]struct {
		broken    chaos.Broken
		transport func(*chaos.Simulation) http.RoundTripper
	}{
		"A1 a request that was given up arrives two minutes later": {chaos.Broken{LateBy: 2 * time.Minute}, ownTransport},
		"A2 the server forgets keys early":                         {chaos.Broken{ForgetsEarly: time.Minute}, ownTransport},
		"A2 the server forgets what it answered with a 500":        {chaos.Broken{ForgetsFailed: true}, ownTransport},
		"A3 both clocks stop":                                      {chaos.Broken{BothClocksStop: true}, ownTransport},
		"A4 the server does not honour keys":                       {chaos.Broken{IgnoresKeys: true}, ownTransport},
		"A5 a transport sends again":                               {chaos.Broken{}, func(w *chaos.Simulation) http.RoundTripper { return resending{ownTransport(w)} }},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			var sum chaos.Report
			for seed := range 20 {
				if sum.Duplicates > 0 {
					break
				}
				synctest.Test(t, func(t *testing.T) {
					cfg := chaos.Config{Seed: uint64(seed), Faults: chaos.DefaultFaults(), Broken: row.broken}
					load := chaos.Load{Classes: []chaos.Class{chaos.Keyed}}
					sum.Add(chaos.Run(cfg, load, func(w *chaos.Simulation) chaos.Client {
						return client(t, w, idem.Config{Profile: bardgeProfile(), Transport: row.transport(w)})
					}))
				})
			}
			assert.Positive(t, sum.Duplicates, "the promise does not hold outside of its assumptions")
		})
	}
}
