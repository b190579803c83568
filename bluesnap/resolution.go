package bluesnap

import (
	"github.com/bardge/bardge-go/internal/sdk"
)

// Resolution is what a person, or another system, reports about an operation:
// made by [Executed] or [NotExecuted], with By, Note, Generation and Unverified
// as needed. The zero value is refused. Resolutions are comparable. They print
// without By and Note, which are personal.
type Resolution struct{ word sdk.Resolution }

// By adds who reports it: a person's or system's name, of at most 200 bytes. It
// is kept sealed, and never printed.
func (r Resolution) By(who string) Resolution { return Resolution{r.word.By(who)} }

// Note adds the reason, such as a ticket, of at most 2,000 bytes. It is kept
// sealed, and never printed.
func (r Resolution) Note(text string) Resolution { return Resolution{r.word.Note(text)} }

// Generation adds which generation of the ref is meant, as
// [idem.RecordedOperation] shows it. It is needed where that is not the first:
// the ref was used again after an operation that ended unexecuted.
func (r Resolution) Generation(n int) Resolution { return Resolution{r.word.Generation(n)} }

// Unverified has the id believed without reading it from the API. Otherwise a
// resolution is refused if the API does not confirm the id, or cannot be
// reached.
func (r Resolution) Unverified() Resolution { return Resolution{r.word.Unverified()} }

// String returns the word and the id.
func (r Resolution) String() string { return r.word.String() }
