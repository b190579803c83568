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
	switch {
	case !ok || i.row.class == safe:
		return cli.Advice{}
	case errors.Is(err, idem.ErrResponseLost):
		return cli.Advice{Next: "It was executed, and its result is lost: look it up, do not run the command again."}
	case f.Outcome != idem.OutcomeUnknown:
		return cli.Advice{}
	case !idem.CanRepeat(err):
		return cli.Advice{Next: "It may have been executed. Repeating it is not safe: check first whether it was."}
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
