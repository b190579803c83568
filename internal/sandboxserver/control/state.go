package control

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// state returns the API's data, as the vendor's sandbox documents it. A client
// need not exist: a later request may create it.
func (a *API) state(read params) (json.RawMessage, error) {
	if err := checkAccount(a.control, read["account"]); err != nil {
		return nil, err
	}
	data, err := a.control.State(fakeserver.StateQuery{Account: read["account"], Client: read["client"]})
	if errors.Is(err, fakeserver.ErrNoState) {
		err = &failure{http.StatusNotImplemented, "not_supported", "This sandbox shows no state."}
	}
	return data, err
}

// seed returns the data as a seed, with which a sandbox goes on from here.
func (a *API) seed(*http.Request) (json.RawMessage, error) {
	data, err := a.control.Seed()
	if errors.Is(err, fakeserver.ErrNoSeed) {
		err = &failure{http.StatusNotImplemented, "not_supported", "This sandbox makes no seed of its data."}
	}
	return data, err
}

type parts struct {
	Parts []fakeserver.Part `json:"parts"`
}

// reset resets parts of the sandbox; none are all of them.
func (a *API) reset(_ *http.Request, in parts) (parts, error) {
	if err := a.control.Reset(in.Parts...); err != nil {
		return parts{}, err
	}
	if len(in.Parts) == 0 {
		in.Parts = fakeserver.Parts()
	}
	return in, nil
}

type switches struct {
	Switches []fakeserver.SwitchState `json:"switches"`
}

func (a *API) switches(*http.Request) (switches, error) { return switches{a.control.Switches()}, nil }

type position struct {
	Value string `json:"value"`
}

func (a *API) setSwitch(r *http.Request, in position) (switches, error) {
	if err := a.control.SetSwitch(r.PathValue("name"), in.Value); err != nil {
		return switches{}, err
	}
	return a.switches(r)
}
