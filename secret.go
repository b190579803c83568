package bardge

import (
	"log/slog"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Secret is a string that opens something: a passcode, an access code, a lookup
// token. It prints as "[redacted]"; string(pass.Passcode) is the text itself.
//
// encoding/json writes the text, because programs have to store what they were
// given. So does the JSON handler of log/slog for a Secret inside a struct,
// slice or map: set [RedactSecrets] as its ReplaceAttr. Without it, log/slog
// covers an attribute's own value, and its text handler what fmt covers.
type Secret = idem.Secret

// RedactSecrets is a ReplaceAttr for [slog.HandlerOptions]. It redacts each
// [Secret] in an attribute's value, and each string of another type with a
// LogValue method, at any depth: behind pointers and interfaces, in slices,
// arrays, maps and their keys, in exported fields. Unexported fields are
// dropped if their type leads to a Secret; behind an interface they are not
// examined. Maps whose type has a LogValue method become empty. The value
// itself, and errors, stay as they are.
func RedactSecrets(groups []string, a slog.Attr) slog.Attr { return wire.RedactSecrets(groups, a) }
