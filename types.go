package bardge

import "github.com/bardge/bardge-go/wire"

// Secret is a string that lets somebody in: a passcode, an access code, a lookup
// token. It prints as "[redacted]"; string(pass.Passcode) is the text itself.
// JSON carries the text.
type Secret = wire.Secret

// Millis is a point in time which the API writes in milliseconds since the
// epoch. It embeds a time.Time; the zero time is an absent one.
type Millis = wire.Millis

// Seconds is a point in time which the API writes in seconds since the epoch, as
// it does for bookings. It embeds a time.Time; the zero time is an absent one.
type Seconds = wire.Seconds
