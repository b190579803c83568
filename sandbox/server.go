package sandbox

import (
	"errors"
	"net/http"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

// BasePath is the path of the API's base URL.
const BasePath = "/v3/api/business/reseller"

// Sandbox is an emulated server of the API with a state of its own. Its methods
// may be called from several goroutines at once. Make one with [Start] or
// [New].
type Sandbox struct {
	// URL is the base URL, [BasePath] included. Only [Sandbox.Client] reaches
	// it: no port of this machine is open.
	URL string

	// APIKey is the key of the reseller that the sandbox belongs to.
	APIKey string
	// Seed holds the ids of what exists from the start.
	Seed Seed

	server *fakeserver.Server[Operation]
	world  *world
}

// Start makes a sandbox that closes itself when the test ends. Inside a bubble
// of testing/synctest all its time is virtual. A bad option fails the test.
func Start(t TB, opts ...Option) *Sandbox {
	t.Helper()
	sb, err := New(opts...)
	return fakeserver.CloseAfter(t, sb, err)
}

// New makes a sandbox, which is in memory: no other process can reach it. The
// caller closes it. It fails only on a bad option, such as a bad seed.
func New(opts ...Option) (*Sandbox, error) {
	chosen, err := fakeserver.NewSettings(keyRules(), opts)
	if err != nil {
		return nil, err
	}
	if chosen.Strict {
		chosen.Keys = strictKeys(chosen.Keys)
	}
	if err := fakeserver.CheckBends(chosen.Bends, bendContract()); err != nil {
		return nil, err
	}
	world, err := newWorld(chosen)
	if err != nil {
		return nil, err
	}
	own, _ := world.Find(ownReseller)
	other, _ := world.Find(otherReseller)
	sb := &Sandbox{world: world, APIKey: own.Secret, Seed: seedOf(chosen.Now(), other.Secret)}
	sb.server = fakeserver.Serve(fakeserver.Vendor[Operation]{
		BasePath:   BasePath,
		Operations: operations(chosen.Preview),
		RequestID:  requestIDHeader,
		Account:    world.admit,
		Accounts:   world,
		State:      world.snapshot,
		Seed:       world.exported,
		Reset:      world.reset,
		Refuse:     refuse,
		Routes:     world.routes,
	}, chosen)
	sb.URL = sb.server.URL
	return sb, nil
}

// routes maps each request to its operation.
func (w *world) routes(around func(op Operation, keyed bool, next http.Handler) http.Handler) http.Handler {
	respond := respond
	if w.strict {
		respond = strictRespond(w.bends, w.state.preview)
	}
	return w.bent(gen.Handler(w.state, gen.ServerOptions{
		BasePath: BasePath,
		Preview:  w.state.preview,
		Wrap: func(op gen.Operation, next http.Handler) http.Handler {
			if w.strict {
				next = strictly(op, next)
			}
			return around(op.ID, op.Class == gen.RetryClassKeyed, w.bentOperation(op, next))
		},
		Respond: respond,
	}), respond)
}

// respond writes an operation's result; the generated handler calls it.
func respond(w http.ResponseWriter, r *http.Request, op gen.Operation, value any, err error) {
	c := fakeserver.CallOf(r)
	if opened, ok := errors.AsType[*sessionError](err); ok {
		value, err = opened.response, nil
	}
	if err != nil {
		c.Rejected()
		if wrong, ok := errors.AsType[*methodError](err); ok {
			wrong.answer(r, c.ID).Send(w)
			return
		}
		errorAnswer(clientError(err, r), c.ID).Send(w)
		return
	}
	c.Executed()
	status := http.StatusOK
	if creates(op.ID) {
		status = http.StatusCreated
	}
	jsonAnswer(status, value).Send(w)
}
