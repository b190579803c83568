package bardge

import (
	"log/slog"

	"github.com/bardge/bardge-go/wire"
)

// Secret is a string that opens something: a passcode, an access code, a lookup
// token. It prints as "[redacted]"; string(pass.Passcode) is the text itself.
//
// encoding/json writes the text, because programs have to store what they were given. So
// does the JSON handler of log/slog where a Secret is inside a struct, slice or map: set
// [RedactSecrets] as its ReplaceAttr. Without it, log/slog covers a Secret that is an
// attribute's value itself, and its text handler all that package fmt covers.
type Secret = wire.Secret

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions], which redacts each [Secret] in
// an attribute's value at any depth; see [wire.RedactSecrets] for what it covers.
func RedactSecrets(groups []string, a slog.Attr) slog.Attr { return wire.RedactSecrets(groups, a) }

// Millis is a point in time which the API writes in milliseconds since the
// epoch. It embeds a time.Time; the zero time is an absent one.
type Millis = wire.Millis

// Seconds is a point in time which the API writes in seconds since the epoch, as
// it does for bookings. It embeds a time.Time; the zero time is an absent one.
type Seconds = wire.Seconds
