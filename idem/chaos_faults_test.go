package idem_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/chaos"
	"github.com/bardge/bardge-go/journal"
	"github.com/bardge/bardge-go/journal/journaltest"
)

type faultRow struct {
	faults chaos.Faults
	load   chaos.Load
	policy idem.Policy
	// refs makes the keys that calls share refs of a journal; keys leaves them
	// keys, with a journal beneath.
	refs, keys bool
	// callbacks wires the observer, the key provider and the journal to the
	// model's callbacks.
	callbacks []string
	contained bool
	// success is the least share of the acceptable calls that end done, unknown
	// the largest of the calls that end unknown, requests the most requests per
	// call; zero: not bounded.
	success, unknown, requests float64
}

func classes(c ...chaos.Class) chaos.Load { return chaos.Load{Classes: c, Clients: 2} }

func mix(kinds ...chaos.Kind) map[chaos.Kind]int {
	m := map[chaos.Kind]int{}
	for _, kind := range kinds {
		m[kind]++
	}
	return m
}

func first(kinds ...chaos.Kind) chaos.Faults {
	return chaos.Faults{First: 0.6, Later: 0.05, Mix: mix(kinds...)}
}

var (
	keyed   = classes(chaos.Keyed)
	cancels = classes(chaos.Idempotent)
	several = classes(chaos.Keyed, chaos.Keyed, chaos.Idempotent, chaos.KeyUnverified, chaos.Safe)
	shared  = chaos.Load{Classes: []chaos.Class{chaos.Keyed}, Shared: 0.8}
	foreign = chaos.Load{Classes: []chaos.Class{chaos.Keyed}, Shared: 0.1, ForeignKeys: 0.8}
)

func amongAll() chaos.Faults {
	f := chaos.DefaultFaults()
	f.Mix = chaos.DefaultMix()
	for _, kind := range []chaos.Kind{chaos.NotCancelled, chaos.Asleep} {
		f.Mix[kind] = 10
	}
	for _, kind := range []chaos.Kind{chaos.LongWait, chaos.Ingress, chaos.NotImplemented} {
		f.Mix[kind] = 30
	}
	return f
}

func faultRows() map[string]faultRow {
	doubt := func(dial float64, kinds ...chaos.Kind) chaos.Faults {
		return chaos.Faults{First: 0.9, Later: 0.1, Dial: dial, Mix: mix(append(kinds, chaos.CloseConn)...)}
	}
	callback := func(kinds ...chaos.Kind) chaos.Faults {
		return chaos.Faults{First: 0.3, Later: 0.2, Callback: 0.1, Mix: mix(append(kinds, chaos.CloseConn)...)}
	}
	return map[string]faultRow{
		"R26_GatewaySuccess":        {faults: first(chaos.GatewaySuccess), load: keyed, success: 0.99},
		"R26_GatewaySuccess_Cancel": {faults: first(chaos.GatewaySuccess), load: cancels, success: 0.99},
		"R26_GatewaySuccess_Refs":   {faults: first(chaos.GatewaySuccess), load: foreign, refs: true},
		"R26_GatewaySuccess_Mixed":  {faults: first(chaos.GatewaySuccess), load: several},
		"R28_R38_OddEncoding":       {faults: first(chaos.OddEncoding), load: keyed, success: 0.99, requests: 3},
		"R29_ForeignKeys":           {faults: first(chaos.CloseConn), load: foreign},
		"R29_ForeignKeysAndJournal": {faults: first(chaos.CloseConn), load: foreign, keys: true},
		"R29_ForeignRefs":           {faults: first(chaos.CloseConn), load: foreign, refs: true},
		"R30_ExtraResponse":         {faults: first(chaos.ExtraResponse), load: keyed, success: 0.99},
		"R30_ExtraResponse_Mixed":   {faults: first(chaos.ExtraResponse), load: several},
		"R31_NotCancelled":          {faults: first(chaos.NotCancelled), load: cancels},
		"R32_AsleepCancel":          {faults: first(chaos.Asleep), load: cancels, success: 0.95},
		"R32_LongDeadline": {
			faults: first(chaos.CloseConn), success: 0.95,
			load: chaos.Load{
				Classes: []chaos.Class{chaos.Keyed}, Deadline: 10 * time.Minute,
				Operations: 200, Restarts: []time.Duration{100 * time.Second}, Calm: 30 * time.Second,
			},
		},
		"R32_ClockForward":        {faults: first(chaos.ClockForward), load: keyed, success: 0.95},
		"R32_ClockForward_Cancel": {faults: first(chaos.ClockForward), load: cancels, success: 0.95},
		"A3_ClockBack":            {faults: first(chaos.ClockBack), load: keyed, success: 0.95},
		// A 429 among these pauses the whole client (R41): calls that come then
		// end not sent.
		"R33_CancelLongWait": {faults: first(chaos.LongWait), load: cancels, success: 0.4},
		"R33_CancelIngress":  {faults: first(chaos.Ingress), load: cancels, success: 0.85},
		"R33_CancelNotDone":  {faults: first(chaos.NotImplemented), load: cancels, success: 0.95},
		"R33_CancelOneAttempt": {
			faults: chaos.Faults{First: 0.5, Mix: mix(chaos.LateAndLost)}, load: cancels,
			policy: idem.Policy{MaxAttempts: 1}, success: 0.95,
		},
		"R33_CancelEmptyBudget": {
			faults: chaos.Faults{First: 1, Later: 0.7, Mix: mix(chaos.LateAndLost, chaos.ProxyError)},
			load:   chaos.Load{Classes: []chaos.Class{chaos.Idempotent}, Operations: 300, Parallel: 300}, success: 0.9,
		},
		"R33_CancelsAmongAll": {faults: amongAll(), load: cancels, success: 0.8},
		"R34_LongWait":        {faults: first(chaos.LongWait), load: keyed, success: 0.3, unknown: 0.05}, // likewise
		"R35_UnknownHost":     {faults: doubt(0.4, chaos.UnknownHost), load: keyed, unknown: 0.02},
		"R35_BadCertificate":  {faults: doubt(0.4, chaos.BadCertificate), load: keyed, unknown: 0.02},
		// Half of these strike a first attempt, which is then in doubt from no
		// other.
		"R35_Ingress":        {faults: doubt(0, chaos.Ingress), load: keyed, unknown: 0.47},
		"R35_NotImplemented": {faults: doubt(0, chaos.NotImplemented), load: keyed, unknown: 0.47},
		"R35_RotatedKey":     {faults: doubt(0, chaos.RotatedKey), load: keyed, unknown: 0.01},
		"R35_KeyProviderFails": {
			faults: callback(chaos.CallbackFails), load: keyed, callbacks: []string{"key provider"}, unknown: 0.01,
		},
		"R35_KeyProviderBlocks": {
			faults: callback(chaos.CallbackBlocks), load: keyed, callbacks: []string{"key provider"}, unknown: 0.01,
		},
		"R35_KeyProviderHangs": {
			faults: callback(chaos.CallbackHangs), load: keyed, callbacks: []string{"key provider"}, unknown: 0.01,
		},
		"R36_RollsBack":         {faults: first(chaos.RollsBack), load: keyed, success: 0.9},
		"R36_RollsBack_Mixed":   {faults: first(chaos.RollsBack), load: several},
		"R38_StoredServerError": {faults: first(chaos.ServerError), load: keyed, requests: 3},
		"R39_ObserverPanics": {
			faults: callback(chaos.CallbackPanics), load: keyed, callbacks: []string{"observer"}, success: 0.98, contained: true,
		},
		"R39_ProviderPanics":   {faults: callback(chaos.CallbackPanics), load: shared, callbacks: []string{"key provider"}},
		"R39_TransportPanics":  {faults: callback(chaos.CallbackPanics), load: shared, callbacks: []string{"transport"}},
		"R39_JournalPanics":    {faults: callback(chaos.CallbackPanics), load: shared, keys: true, callbacks: []string{"journal"}},
		"J16_JournalFails":     {faults: callback(chaos.CallbackFails), load: keyed, keys: true, callbacks: []string{"journal"}},
		"J16_StoreAway":        {faults: first(chaos.CloseConn), load: keyed, keys: true, callbacks: []string{"store"}, unknown: 0.05},
		"R39_JournalBlocks":    {faults: callback(chaos.CallbackBlocks), load: keyed, keys: true, callbacks: []string{"journal"}},
		"R39_JournalHangs":     {faults: callback(chaos.CallbackHangs), load: keyed, keys: true, callbacks: []string{"journal"}},
		"R39_JournalHangsRefs": {faults: callback(chaos.CallbackHangs), load: foreign, refs: true, callbacks: []string{"journal"}},
	}
}

// TestProperty_CancelsAndCallbacks is what the other properties have little of:
// cancellations, and callbacks that fail, block, hang and panic, among all
// faults.
func TestProperty_CancelsAndCallbacks(t *testing.T) {
	all := chaos.DefaultFaults()
	all.Callback, all.Mix = 0.03, chaos.DefaultMix()
	for _, kind := range []chaos.Kind{chaos.CallbackFails, chaos.CallbackBlocks, chaos.CallbackHangs, chaos.CallbackPanics} {
		all.Mix[kind] = 1
	}
	load := chaos.DefaultLoad()
	cancel := chaos.DefaultLoad()
	cancel.Classes = []chaos.Class{chaos.Idempotent}
	for name, row := range map[string]faultRow{
		"cancels among all":            {faults: amongAll(), load: cancel, success: 0.6},
		"callbacks that fail":          {faults: all, load: load, callbacks: []string{"observer", "key provider"}, success: 0.6},
		"callbacks and a journal, too": {faults: all, load: load, refs: true, callbacks: []string{"observer", "key provider", "journal"}, success: 0.5},
	} {
		t.Run(name, func(t *testing.T) { row.run(t, max(2, *seeds/5), 200) })
	}
}

func TestFaults(t *testing.T) {
	for name, row := range faultRows() {
		t.Run(name, func(t *testing.T) { row.run(t, max(2, *seeds/10), 60) })
	}
}

func (r faultRow) run(t *testing.T, seeds, operations int) {
	t.Helper()
	r.load.Operations = cmp.Or(r.load.Operations, operations)
	name := t.Name()
	stuck := time.AfterFunc(time.Duration(max(30, seeds))*time.Second, func() {
		panic(name + " is stuck: a lock is held while a callback blocks")
	})
	defer stuck.Stop()
	var sum chaos.Report
	for seed := range uint64(seeds) {
		synctest.Test(t, func(t *testing.T) {
			cfg := chaos.Config{Seed: seed, Rules: chaos.BardgeRules(), Faults: r.faults}
			faulty := journaltest.NewFaulty(rand.New(rand.NewPCG(seed, 3)))
			sum.Add(chaos.Run(cfg, r.load, func(w *chaos.Simulation) chaos.Client { return r.client(t, w, faulty) }))
		})
	}
	t.Log(sum)
	assert.Zero(t, sum.Duplicates)
	assert.Zero(t, sum.Lies)
	assert.GreaterOrEqual(t, sum.Success(), r.success)
	if r.contained {
		assert.Zero(t, sum.Panicked)
	}
	if r.unknown > 0 {
		assert.LessOrEqual(t, float64(sum.Unknown)/float64(sum.Calls), r.unknown)
	}
	if r.requests > 0 {
		assert.LessOrEqual(t, float64(sum.Requests)/float64(sum.Calls), r.requests)
	}
}

func (r faultRow) client(t *testing.T, w *chaos.Simulation, faulty *journaltest.Faulty) chaos.Client {
	t.Helper()
	c := idem.Config{Profile: bardgeProfile(), Policy: r.policy, Transport: ownTransport(w)}
	if r.refs || r.keys {
		c.Journal = faulty
	}
	for _, name := range r.callbacks {
		callbacks[name](w, &c)
	}
	return clientWith(t, w, c, r.refs)
}

var callbacks = map[string]func(w *chaos.Simulation, c *idem.Config){
	"observer": func(w *chaos.Simulation, c *idem.Config) {
		c.Observe = func(idem.Event) { w.Observed() }
	},
	"key provider": func(w *chaos.Simulation, c *idem.Config) {
		c.Authorize = func(ctx context.Context, h http.Header) error {
			h.Set("Authorization", w.Credentials())
			return w.Callback(ctx, "key provider")
		}
	},
	"transport": func(w *chaos.Simulation, c *idem.Config) {
		c.Transport = panicking{w, c.Transport}
	},
	"journal": func(w *chaos.Simulation, c *idem.Config) {
		c.Journal = &faultyJournal{kept(c.Journal), w}
	},
	"store": func(w *chaos.Simulation, c *idem.Config) {
		c.Journal = &awayJournal{kept(c.Journal), w}
	},
}

// panicking is a transport that goes wrong before or after it has sent.
type panicking struct {
	w    *chaos.Simulation
	base http.RoundTripper
}

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := p.w.Callback(r.Context(), "transport before"); err != nil {
		return nil, err
	}
	resp, err := p.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := p.w.Callback(r.Context(), "transport after"); err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

func kept(j journal.Journal) *journal.Memory {
	switch j := j.(type) {
	case *journaltest.Faulty:
		return j.Memory
	case *faultyJournal:
		return j.Memory
	case *awayJournal:
		return j.Memory
	default:
		panic(fmt.Sprintf("a journal of another type: %T", j))
	}
}

// faultyJournal is a journal that goes wrong before it reads, and before or
// after it writes.
type faultyJournal struct {
	*journal.Memory
	w *chaos.Simulation
}

func (j *faultyJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if err := j.w.Callback(ctx, "journal load"); err != nil {
		return journal.Record{}, false, err
	}
	return j.Memory.Load(ctx, id)
}

func (j *faultyJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if err := j.w.Callback(ctx, "journal before"); err != nil {
		return false, fmt.Errorf("%w: %w", journal.ErrNotCommitted, err)
	}
	ok, err := j.Memory.Save(ctx, r)
	if err != nil {
		return false, err
	}
	if err := j.w.Callback(ctx, "journal after"); err != nil {
		return false, err // written, and not known
	}
	return ok, nil
}

// awayJournal is a journal whose store is away for ten seconds of every forty:
// nothing can be read, and certainly nothing is written.
type awayJournal struct {
	*journal.Memory
	w *chaos.Simulation
}

var errAway = errors.New("the store is away")

func (j *awayJournal) away() error {
	if j.w.Clock.Server().UnixNano()/int64(10*time.Second)%4 == 3 {
		return errAway
	}
	return nil
}

func (j *awayJournal) Load(ctx context.Context, id string) (journal.Record, bool, error) {
	if err := j.away(); err != nil {
		return journal.Record{}, false, err
	}
	return j.Memory.Load(ctx, id)
}

func (j *awayJournal) Save(ctx context.Context, r journal.Record) (bool, error) {
	if err := j.away(); err != nil {
		return false, errors.Join(journal.ErrNotCommitted, err)
	}
	return j.Memory.Save(ctx, r)
}

// prove is the proof of the model's operations: the tag that the API gives its
// objects, and the id. A cancellation and a read answer with a booking.
func prove(class chaos.Class) func(int, http.Header, []byte) idem.Proof {
	tag := "issued_pass"
	if class == chaos.Idempotent || class == chaos.Safe {
		tag = "booking"
	}
	return func(_ int, _ http.Header, body []byte) idem.Proof {
		var said struct {
			Object string          `json:"object"`
			ID     string          `json:"id"`
			Error  json.RawMessage `json:"error"`
		}
		switch err := json.Unmarshal(body, &said); {
		case err != nil && !json.Valid(body):
			return idem.Proof{}
		case err != nil, said.Error != nil, said.Object != "" && said.Object != tag:
			return idem.Proof{Kind: idem.ProvesOther}
		case said.Object == "":
			return idem.Proof{}
		default:
			return idem.Proof{Kind: idem.ProvesExecution, Complete: said.ID != ""}
		}
	}
}
