package control

import "net/http"

// routes returns the handlers of all paths. openapi.json describes each.
func (a *API) routes() map[string]methods {
	const (
		get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
		patch, del     = http.MethodPatch, http.MethodDelete
	)
	relative := map[string]methods{
		"openapi.json": {get: plain(document)},
		"health":       {get: reads(a.health)},
		"ready":        {get: plain(a.ready)},
		"version":      {get: reads(a.version)},
		"guide":        {get: reads(a.guide)},

		"operations":      {get: reads(a.operations)},
		"ledger":          {get: selects(a.ledger, append([]string{"limit"}, matchParams...)...)},
		"ledger/stream":   {get: a.stream},
		"counts":          {get: reads(a.counters), post: takes(a.count)},
		"expect":          {post: a.expect},
		"expect/sequence": {post: a.expectSequence},
		"state":           {get: selects(a.state, "account", "client")},
		"seed":            {get: reads(a.seed)},
		"reset":           {post: takes(a.reset)},

		"faults":        {get: reads(a.faults), post: takes(a.queueFaults), del: reads(a.clearFaults)},
		"faults/known":  {get: reads(a.knownFaults)},
		"faults/random": {get: reads(a.randomFaults), put: takes(a.setRandomFaults)},
		"outage":        {get: reads(a.outage), put: takes(a.beginOutage), del: reads(a.endOutage)},

		"clock":         {get: reads(a.clock)},
		"clock/advance": {post: takes(a.advanceClock)},
		"clock/freeze":  {post: takes(a.freezeClock)},
		"clock/resume":  {post: takes(a.resumeClock)},
		"key-memory":    {get: reads(a.keyMemory), put: takes(a.setKeyMemory)},

		"accounts":               {get: reads(a.accounts), post: takes(a.createAccount)},
		"accounts/{name}":        {patch: takes(a.changeAccount)},
		"accounts/{name}/rotate": {post: takes(a.rotateAccount)},
		"switches":               {get: reads(a.switches)},
		"switches/{name}":        {put: takes(a.setSwitch)},
	}
	absolute := make(map[string]methods, len(relative))
	for path, handlers := range relative {
		absolute[Prefix+path] = handlers
	}
	return absolute
}
