package main

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

// vendor is the vendor's server, on a loopback port.
type vendor struct {
	*sandbox.Sandbox
	front *httptest.Server
}

// newVendor starts a server on which each fifth request goes wrong. The caller
// closes it.
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

// url is the API's for other processes.
func (v *vendor) url() string { return v.front.URL + sandbox.BasePath }

// issued lists, for each client, the passes that were truly issued: the server's
// ledger knows them all.
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
