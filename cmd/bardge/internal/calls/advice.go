package calls

import (
	"errors"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
)

// advice returns what to do after an error, where that is not plain.
func (i *invocation[C, O, R]) advice(err error, went course) cli.Advice {
	f, ok := errors.AsType[*idem.Failure](err)
	if !ok || i.row.class == safe {
		return cli.Advice{}
	}
	if errors.Is(err, idem.ErrResponseLost) {
		return cli.Advice{Next: "It was executed, and its result is lost: look it up, do not run the command again."}
	}
	if unsent := i.adviceUnsent(err, f); len(went.attempts) == 0 && unsent != (cli.Advice{}) {
		return unsent
	}
	never := f.Class == idem.KeyUnverified || f.Class == idem.NonIdempotent
	switch {
	case f.Outcome != idem.OutcomeUnknown:
		return cli.Advice{}
	case !idem.CanRepeat(err):
		return cli.Advice{Next: "It may have been executed. Repeating it is not safe: check first whether it was."}
	case never, !idem.RetryHelps(err):
		return i.adviceStuck(f)
	case went.rejected():
		return i.adviceRejected(f)
	default:
		return i.adviceRepeat(f, went)
	}
}

// adviceUnsent is for a call that the journal refused: repeating it does not
// help, and this command sent nothing.
func (i *invocation[C, O, R]) adviceUnsent(err error, f *idem.Failure) cli.Advice {
	switch {
	case errors.Is(err, idem.ErrOtherAccount):
		return cli.Advice{Next: "Nothing was sent. Correct --account or the base URL, " +
			"or name the journal of this account. If they have changed: \"bardge journal rebind\"."}
	case errors.Is(err, idem.ErrJournalSecret):
		return cli.Advice{Next: "Nothing was sent. Set BARDGE_JOURNAL_SECRET to the secret that sealed the journal; " +
			"if it was replaced, set BARDGE_JOURNAL_SECRET_PREVIOUS to the earlier one."}
	case errors.Is(err, idem.ErrJournalVersion):
		return cli.Advice{Next: "Nothing was sent. A later version of the program wrote the record: update this one."}
	case errors.Is(err, idem.ErrRefReused):
		return cli.Advice{
			Next: "Nothing was sent. Look at the operation that has this ref. Only if this is another one, " +
				"run the command with a ref of its own.",
			Command: i.flags.connect.JournalCommand("show", f.Ref),
		}
	}
	return cli.Advice{}
}

// adviceStuck is for an operation in doubt that the same command never settles:
// it is not sent again, or the API has stored the failure under its key.
func (i *invocation[C, O, R]) adviceStuck(f *idem.Failure) cli.Advice {
	const next = "It may have been executed, and the same command brings no other result. Look it up at the vendor"
	if f.Ref == "" {
		return cli.Advice{Next: next + "; only if it was not executed, run the command under a new key."}
	}
	return cli.Advice{
		Next:    next + ", then report what you found with \"bardge journal resolve\".",
		Command: i.flags.connect.JournalCommand("show", f.Ref),
	}
}

// adviceRejected is for an idempotent operation in doubt whose repetition was
// rejected, such as the cancellation of what may be gone: the same command may
// bring the same again.
func (i *invocation[C, O, R]) adviceRejected(f *idem.Failure) cli.Advice {
	const next = "It may have been executed, and sending it again was rejected. Look it up at the vendor"
	if f.Ref == "" {
		return cli.Advice{Next: next + ". The same command can also be run again, at any time."}
	}
	return cli.Advice{Next: next + ", then do what this shows.", Command: i.flags.connect.JournalCommand("show", f.Ref)}
}

// adviceRepeat is for an operation in doubt that the same command settles.
func (i *invocation[C, O, R]) adviceRepeat(f *idem.Failure, went course) cli.Advice {
	switch {
	case f.Ref != "":
		return cli.Advice{
			Next: "It may have been executed. Run the same command again, at any time: a ref is executed once." +
				i.sameInput(),
			Command: i.commandLine(),
		}
	case f.Key.IsZero():
		return cli.Advice{
			Next:    "It may have been executed. Repeating it is safe, at any time." + i.sameInput(),
			Command: i.commandLine(),
		}
	}
	return cli.Advice{
		Next: "It may have been executed. To resume it, run this until " + f.SafeUntil.UTC().Format(time.RFC3339) +
			"; after that check first." + i.sameInput(),
		Command: i.commandLine("--sent-key", f.Key.String(), "--sent-at", i.firstSent(went)),
	}
}

// sameInput requests the same standard input, if it was read.
func (i *invocation[C, O, R]) sameInput() string {
	if i.readStdin {
		return " It needs the same standard input."
	}
	return ""
}

// firstSent returns since when the key may have been sent.
func (i *invocation[C, O, R]) firstSent(went course) string {
	if i.flags.sentAt != "" {
		return i.flags.sentAt
	}
	sent := time.Now()
	if len(went.attempts) > 0 {
		sent = went.attempts[0].Start
	}
	return sent.UTC().Format(time.RFC3339Nano)
}

// commandLine returns the command line, as a shell reads it, with other flags
// for the key.
func (i *invocation[C, O, R]) commandLine(keyFlags ...string) string {
	words := []string{"bardge"}
	skip := false
	for n, word := range i.app.Args {
		name, _, joined := strings.Cut(word, "=")
		switch {
		case skip:
			skip = false
		case word == "--":
			return cli.CommandLine(append(append(words, keyFlags...), i.app.Args[n:]...)...)
		case len(keyFlags) > 0 && (name == "--key" || name == "--sent-key" || name == "--sent-at"):
			skip = !joined
		default:
			words = append(words, word)
		}
	}
	return cli.CommandLine(append(words, keyFlags...)...)
}
