package calls

import (
	"context"
	"time"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
	"github.com/bardge/bardge-go/idem"
)

// api is what a command needs of a vendor's package, beside the methods. C is
// its client, O its call options, R its responses.
type api[C, O, R any] struct {
	open  func(f *flags, j connect.Journal) (C, error)
	shut  func(client C, ctx context.Context) error
	ref   func(string) O
	key   func(idem.Key) O
	time  func(time.Duration) O
	tries func(int) O
	extra func(name string, value any) O
	token func(token string) O // nil: there are no lookup tokens
	// state reads what an idempotent operation is about.
	state func(ctx context.Context, client C, in *input) (any, error)
	// course returns how a call went; its response may be nil.
	course func(resp R) course
}

// course is how a call went, as far as people want to know.
type course struct {
	replayed, recovered, fromJournal bool

	recordErr error
	drift     []idem.Drift
	timeline  string
	attempts  []idem.Attempt
	key       idem.Key
	raw       []byte // the response's body
}

// rejected reports whether the last attempt was rejected by the API.
func (c course) rejected() bool {
	return len(c.attempts) > 0 && c.attempts[len(c.attempts)-1].Verdict == idem.VerdictRejected
}

var bardgeAPI = api[*bardge.Client, bardge.CallOption, *bardge.Response]{
	open: func(f *flags, j connect.Journal) (*bardge.Client, error) { return f.connect.Bardge(j) },
	shut: (*bardge.Client).Close,
	ref:  bardge.WithRef,
	key:  bardge.WithIdempotencyKey,
	time: func(d time.Duration) bardge.CallOption { return bardge.WithTimeout(d) },

	tries: func(n int) bardge.CallOption { return bardge.WithMaxAttempts(n) },
	extra: bardge.WithExtraField,
	token: func(token string) bardge.CallOption { return bardge.WithLookupToken(bardge.Secret(token)) },
	state: func(ctx context.Context, client *bardge.Client, in *input) (any, error) {
		booking, _, err := client.Bookings.Get(ctx, in.args[0])
		return booking, err
	},
	course: func(r *bardge.Response) course {
		if r == nil {
			return course{}
		}
		return course{
			r.Replayed, r.Recovered, r.FromJournal, r.RecordErr, r.Drift, r.Timeline(), r.Attempts, r.Key, r.Raw,
		}
	},
}

var bluesnapAPI = api[*bluesnap.Client, bluesnap.CallOption, *bluesnap.Response]{
	open: func(f *flags, j connect.Journal) (*bluesnap.Client, error) { return f.connect.BlueSnap(j) },
	shut: (*bluesnap.Client).Close,
	ref:  bluesnap.WithRef,
	key:  bluesnap.WithIdempotencyKey,
	time: func(d time.Duration) bluesnap.CallOption { return bluesnap.WithTimeout(d) },

	tries: func(n int) bluesnap.CallOption { return bluesnap.WithMaxAttempts(n) },
	extra: bluesnap.WithExtraField,
	state: func(ctx context.Context, client *bluesnap.Client, in *input) (any, error) {
		id, _ := in.fields.Find("transactionId")
		transaction, _, err := client.Transactions.Get(ctx, bluesnap.ID(id.Text))
		return transaction, err
	},
	course: func(r *bluesnap.Response) course {
		if r == nil {
			return course{}
		}
		return course{false, r.Recovered, r.FromJournal, r.RecordErr, nil, r.Timeline(), r.Attempts, r.Key, r.Raw}
	},
}
