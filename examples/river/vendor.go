package main

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

type vendor struct {
	*sandbox.Sandbox
	front *httptest.Server
}

// newVendor starts a server with faults in a fifth of its requests.
func newVendor() (*vendor, error) {
	server, err := sandbox.New(sandbox.WithKeyMemory(keyMemory), sandbox.WithRandomFaults(rand.Uint64(), 0.2))
	if err != nil {
		return nil, err
	}
	return &vendor{Sandbox: server, front: httptest.NewServer(server.Handler())}, nil
}

func (v *vendor) close() {
	v.front.CloseClientConnections()
	v.front.Close()
	v.Close()
}

func (v *vendor) url() string { return v.front.URL + sandbox.BasePath }

// issued lists each client's issued passes, from the server's ledger.
func (v *vendor) issued(ctx context.Context, client *bardge.Client) (map[string][]string, error) {
	passes := map[string][]string{}
	for _, e := range v.Ledger() {
		if e.Operation != sandbox.IssuePass || e.Result != sandbox.ResultExecuted {
			continue
		}
		undisturbed := bardge.WithHeader(sandbox.FaultHeader, string(sandbox.NoFault))
		pass, _, err := client.IssuedPasses.Get(ctx, e.Resource, undisturbed)
		if err != nil {
			return nil, err
		}
		passes[pass.ClientID] = append(passes[pass.ClientID], pass.ID)
	}
	return passes, nil
}
