package calls

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go/cmd/bardge/internal/connect"
)

// flags are the flags that calls have beside their params.
type flags struct {
	connect *connect.Flags

	// Of all calls.
	timeout     time.Duration
	maxAttempts int
	timeline    bool
	tokenFile   string

	// Of calls that change something.
	ref          string
	key, sentKey string
	sentAt       string

	// Of calls with a body, and of lists.
	body        string
	extraFields bool
	all         bool
	limit       int
}

// addShared adds the flags of all calls to a vendor.
func (f *flags) addShared(flags *pflag.FlagSet, tokens bool) {
	flags.DurationVar(&f.timeout, "timeout", 0, "end the call after this `TIME`, such as 30s, with what is known then")
	flags.IntVar(&f.maxAttempts, "max-attempts", 0,
		"make at most `N` attempts; 1 is no retry (default by the key's window)")
	flags.BoolVar(&f.timeline, "timeline", false, "print the attempts to standard error")
	if tokens {
		flags.StringVar(&f.tokenFile, "lookup-token-file", "",
			"read the token of a verified lookup from `FILE` (default $BARDGE_LOOKUP_TOKEN)")
	}
}

// addOwn adds the flags that a command has by its class, body and list.
func (f *flags) addOwn(cmd *cobra.Command, c command) {
	own := cmd.Flags()
	if c.class == keyed || c.class == unverified {
		own.StringVar(&f.key, "key", "", "send this idempotency `KEY`, which was never sent before")
		own.StringVar(&f.sentKey, "sent-key", "", "resume the operation that was sent under this idempotency `KEY`")
		own.StringVar(&f.sentAt, "sent-at", "", "`TIME` at which --sent-key was first sent "+
			"(default the date in a key that this command made)")
	}
	if c.class != safe {
		own.StringVar(&f.ref, "ref", "", "execute the operation once for this `REF`, such as an order's number; "+
			"needs a journal")
		f.connect.AddJournal(own)
		f.connect.AddAccount(own)
	}
	switch c.body {
	case jsonBody:
		own.StringVar(&f.body, "body", "",
			"read the body from `FILE`, or - for standard input; flags replace its fields")
		own.BoolVar(&f.extraFields, "allow-extra-fields", false,
			"send fields of the body that this command does not know")
	case documentBody:
		own.StringVar(&f.body, "body", "", "read the document from `FILE`, or - for standard input")
	}
	if c.list == pagedList {
		own.BoolVar(&f.all, "all", false, "read all pages")
		own.IntVar(&f.limit, "limit", 0, "read `N` items, of several pages if necessary (default one page)")
	}
}
