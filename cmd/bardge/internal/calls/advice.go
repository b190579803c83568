package calls

import (
	"errors"
	"slices"
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
		return i.adviceLost(err, f, went)
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

// adviceLost is for an operation that was executed, and whose response was lost.
// While its key protects it, the API sends the response again, if it is asked:
// the journal sends nothing for what it has as done, under a ref or, without
// one, under the key.
func (i *invocation[C, O, R]) adviceLost(err error, f *idem.Failure, went course) cli.Advice {
	const next = "It was executed, and its result is lost: look it up, do not run the command again."
	asksAgain := f.Ref != "" || !i.flags.connect.HasJournal()
	switch {
	case errors.Is(err, idem.ErrResponseIncomplete): // it would be incomplete again
		return cli.Advice{
			Next: "It was executed. What came is printed, and lacks an essential field: do not run the command again.",
		}
	case asksAgain && f.Class == idem.Keyed && len(went.attempts) > 0 && time.Now().Before(f.SafeUntil):
		return cli.Advice{
			Next: "It was executed, and its result is lost. Until " + f.SafeUntil.UTC().Format(time.RFC3339) +
				" this reads it again, and executes nothing; after that look it up." + i.sameInput(),
			Command: i.resumption(f.Key, went),
		}
	case f.Ref == "":
		return cli.Advice{Next: next}
	case len(went.attempts) == 0:
		return cli.Advice{
			Next: "Nothing was sent. The journal knows that it was executed, and has no result, " +
				"so that the same command brings none: look it up at the vendor.",
			Command: i.flags.connect.JournalCommand("show", f.Ref),
		}
	default:
		return cli.Advice{Next: next, Command: i.flags.connect.JournalCommand("show", f.Ref)}
	}
}

// adviceUnprinted is for an operation that is done, and whose result could not
// be printed.
func (i *invocation[C, O, R]) adviceUnprinted(went course) cli.Advice {
	switch {
	case i.flags.ref != "" && went.recordErr == nil:
		return cli.Advice{
			Next:    "The journal has the result: the same command prints it, and sends nothing." + i.sameInput(),
			Command: i.commandLine(),
		}
	case i.row.class == keyed && !went.key.IsZero():
		return cli.Advice{
			Next: "As long as the API remembers the key, this prints the result, and executes nothing; " +
				"after that look it up." + i.sameInput(),
			Command: i.resumption(went.key, went),
		}
	default:
		return cli.Advice{Next: "Look it up, do not run the command again."}
	}
}

// resumption is the command line that sends the operation again under its key.
func (i *invocation[C, O, R]) resumption(key idem.Key, went course) string {
	return i.commandLine("--sent-key", key.String(), "--sent-at", i.firstSent(went))
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
		Command: i.resumption(f.Key, went),
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
// for the key, which replace a ref.
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
		case len(keyFlags) > 0 && slices.Contains([]string{"--key", "--sent-key", "--sent-at", "--ref"}, name):
			skip = !joined
		default:
			words = append(words, word)
		}
	}
	return cli.CommandLine(append(words, keyFlags...)...)
}
