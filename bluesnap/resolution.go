package bluesnap

import (
	"github.com/bardge/bardge-go/internal/sdk"
)

// Resolution is what a person or another system reports about an operation,
// made by [Executed] or [NotExecuted]. The zero value is refused. Resolutions
// are comparable. They print without By and Note, which are personal.
type Resolution struct{ word sdk.Resolution }

// By adds who reports it, in at most 200 bytes: kept sealed, never printed.
func (r Resolution) By(who string) Resolution { return Resolution{r.word.By(who)} }

// Note adds the reason, in at most 2,000 bytes: kept sealed, never printed.
func (r Resolution) Note(text string) Resolution { return Resolution{r.word.Note(text)} }

// Generation adds which generation of the ref is meant, as
// [idem.RecordedOperation] shows it. It is needed if the ref was used again
// after an operation that ended unexecuted. The default is the first.
func (r Resolution) Generation(n int) Resolution { return Resolution{r.word.Generation(n)} }

// Unverified has the id believed without reading it from the API. By default a
// resolution is refused if the API does not confirm the id, or is unreachable.
func (r Resolution) Unverified() Resolution { return Resolution{r.word.Unverified()} }

// String returns the word and the id.
func (r Resolution) String() string { return r.word.String() }
