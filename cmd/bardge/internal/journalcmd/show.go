package journalcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/timeline"
)

func newShow(d *desk) *cobra.Command {
	var byID, svg bool
	cmd := &cobra.Command{
		Use:   "show REF",
		Short: "Show an operation, why it is open, and what to do",
		Example: "  bardge journal show order-17/pass\n" +
			"  bardge journal show order-17/pass --svg > ticket.svg\n" +
			"  bardge journal show --id key:0190f3c2-0000-7000-8000-000000000000",
		Args: cli.ExactArgs("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := d.openForReading(cmd.Context())
			if err != nil {
				return err
			}
			defer o.Close() //nolint:errcheck // it was only read
			d.noteSealed(o)
			id, err := idOf(cmd.Context(), o, args[0], byID)
			if err != nil {
				return err
			}
			v, err := d.view(cmd.Context(), o, id)
			if err != nil {
				return err
			}
			if svg {
				_, err = io.WriteString(d.app.Stdout, v.Picture().SVG())
				return err
			}
			return d.app.Print(v)
		},
	}
	addID(cmd, &byID)
	cmd.Flags().BoolVar(&svg, "svg", false, "print its timeline as a picture for a ticket, whatever --output is")
	return cmd
}

// view is what show prints.
type view struct {
	record

	Account  string `json:"account,omitempty"`
	Timeline []step `json:"timeline"`
	Next     advice `json:"next"`
}

// step is a moment of an operation.
type step struct {
	At   string `json:"at"`
	What string `json:"what"`
}

// advice is what to do next.
type advice struct {
	Text     string   `json:"text"`
	Commands []string `json:"commands,omitempty"`
	// Resume are the flags with which the same call resumes the operation. They
	// have its key.
	Resume string `json:"resume,omitempty"`
}

// view returns an operation as show prints it.
func (d *desk) view(ctx context.Context, o *opened, id string) (*view, error) {
	now := time.Now()
	if o.client == nil {
		return d.sealedView(ctx, o, id, nil, now)
	}
	found, err := o.client.GetID(ctx, id)
	switch {
	case errors.Is(err, idem.ErrJournalSecret), errors.Is(err, idem.ErrJournalVersion):
		return d.sealedView(ctx, o, id, err, now)
	case err != nil:
		return nil, err
	}
	v := newView(found, now)
	v.complete(d, now)
	return v, nil
}

func newView(found *idem.RecordedOperation, now time.Time) *view {
	return &view{record: newRecord(found, now), Account: found.Account.String()}
}

// sealedView returns what is in the clear of an operation; why is the reason
// that the rest is not shown; nil: no secret opens the journal.
func (d *desk) sealedView(ctx context.Context, o *opened, id string, why error, now time.Time) (*view, error) {
	rec, ok, err := o.Load(ctx, id)
	if err == nil && !ok {
		err = &idem.RecordError{ID: id, Ref: strings.TrimPrefix(id, "ref:"), Err: idem.ErrOperationNotFound}
	}
	if err != nil {
		return nil, err
	}
	v := &view{record: newSealedRecord(rec, o.whySealed(), now)}
	if why != nil {
		v.Sealed = why.Error()
	}
	v.complete(d, now)
	return v, nil
}

// complete adds the timeline and the advice.
func (v *view) complete(d *desk, now time.Time) {
	v.Timeline = v.steps()
	v.Next = v.advise(d, now)
}

// moment is a step with what a picture shows of an attempt.
type moment struct {
	step

	attempt int // its number; 0: none ended then
	kind    timeline.Kind
	status  int
	reason  string
}

// steps are what happened and will happen, in the order of time.
func (v *view) steps() []step {
	moments := v.moments()
	if v.SafeUntil != "" {
		moments = append(moments, moment{step: step{v.SafeUntil, "the key protects it until then"}})
		sortByTime(moments)
	}
	all := make([]step, len(moments))
	for i, m := range moments {
		all[i] = m.step
	}
	return all
}

func sortByTime(all []moment) {
	slices.SortStableFunc(all, func(a, b moment) int { return strings.Compare(a.At, b.At) }) // all in UTC
}

// moments are the steps but for the key's end, in the order of time.
func (v *view) moments() []moment {
	all := []moment{{step: step{v.Since, "the intent was recorded"}}}
	if v.State == "reserved" {
		all[0].What = "it was reserved"
	}
	if v.LastAttempt != "" {
		all = append(all, v.last())
	}
	for _, r := range v.Resolutions {
		all = append(all, moment{step: step{r.At, r.text()}})
	}
	if v.NextRecovery != "" {
		all = append(all, moment{step: step{v.NextRecovery, "recovery takes it up again"}})
	}
	sortByTime(all)
	return all
}

// last is the end of the last attempt that is recorded.
func (v *view) last() moment {
	what := "attempt " + strconv.Itoa(max(v.Attempts, 1)) + " ended"
	if v.Attempts == 0 {
		what = "it ended without an attempt"
	}
	if v.Status != 0 {
		what += " with status " + strconv.Itoa(v.Status)
	}
	return moment{
		step:    step{v.LastAttempt, withReason(what, v.Reason)},
		attempt: v.Attempts, kind: v.lastKind(), status: v.Status, reason: v.Reason,
	}
}

func withReason(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

func (r resolvedBy) text() string {
	word := "resolved as not executed"
	if r.Executed {
		word = strings.TrimSpace("resolved as executed " + r.ID)
	}
	switch {
	case r.Verified:
		word += ", confirmed by the API"
	case r.Executed:
		word += ", not checked with the API"
	}
	if r.By != "" {
		word += ", by " + r.By
	}
	return withReason(word, r.Note)
}

// advise returns what to do next.
func (v *view) advise(d *desk, now time.Time) advice {
	resolve := func(flags ...string) string {
		return d.commandFor("resolve", v.ID, v.Ref, append(flags, "--by", "NAME", "--note", "TEXT")...)
	}
	executed, not := resolve("--executed", "ID"), resolve("--not-executed")
	again := d.flags.JournalCommand("recover", "", "--operation", v.Operation)
	until := ParseStamp(v.SafeUntil)
	switch {
	case v.State == "done":
		return advice{Text: v.adviseDone()}
	case v.State == "free":
		return advice{Text: "It was not executed. A call may use the ref again; recovery does not."}
	case v.Owned:
		return advice{Text: "A call works on it. Look again in a few seconds."}
	case v.State == "reserved":
		return advice{
			Text:     "It was never sent. The call with its ref or recovery sends it; resolving it cancels it.",
			Commands: []string{again, not},
		}
	case v.Sealed != "":
		return advice{Text: "Why it is open is sealed. " + nextSecret(v.Sealed)}
	case v.class == idem.Idempotent && v.refused():
		return advice{
			Text: fmt.Sprintf("Sending it again was rejected (status %d). ", v.Status) + v.whereToLook() +
				"; then report what you found. It can also be sent again, at any time.",
			Commands: []string{executed, not, again},
		}
	case v.class == idem.Idempotent:
		return advice{
			Text:     "It can be sent again at any time, by its call or by recovery.",
			Commands: []string{again},
		}
	case v.stored:
		return advice{
			Text:     "The server has stored the failure under its key: repeating brings the same one. " + v.lookUp(),
			Commands: []string{executed, not},
		}
	case until.After(now) && v.Ref != "":
		return advice{
			Text:     "Its key still protects it: the same call or recovery sends it again, once.",
			Commands: []string{again},
		}
	case until.After(now):
		return v.adviseResume()
	default:
		return advice{Text: v.lookUp(), Commands: []string{executed, not}}
	}
}

// adviseDone is for an operation that was executed.
func (v *view) adviseDone() string {
	switch {
	case v.Erased:
		return "It was executed, and its result was erased. Nothing has to be done."
	case !v.ResponseLost:
		return "It was executed. Nothing has to be done."
	case v.Resource != "":
		return "It was executed, and its result is lost. Look up what it made, " + v.Resource + "; do not run it again."
	default:
		return "It was executed, and its result is lost. " + v.whereToLook() + "; do not run it again."
	}
}

// adviseResume is for an operation without a ref whose key still protects it: only
// its caller has the call. The text has no key, as a page of the console shows it.
func (v *view) adviseResume() advice {
	return advice{
		Text: "It may have been executed, and its key protects it until " + v.SafeUntil + ". " +
			"Until then, repeat the same call under its key, with --sent-key and --sent-at as that call printed them " +
			"(in a program: SentKey): it is executed once. After that, look it up at the vendor first.",
		Resume: cli.CommandLine("--sent-key", v.Key, "--sent-at", v.Since),
	}
}

// lookUp returns how a person finds out what became of the operation.
func (v *view) lookUp() string {
	text := "It may have been executed, and is not sent again. "
	if v.NextRecovery != "" {
		text += "Recovery reads the API again at " + v.NextRecovery + ". "
	}
	return text + v.whereToLook() + "; then report what you found."
}

func (v *view) whereToLook() string {
	switch {
	case v.RequestID != "":
		return "Look it up at the vendor by its request id"
	case v.Key != "":
		return "Look it up at the vendor by its key, since no response brought a request id"
	default:
		return "Look it up at the vendor"
	}
}

// refused reports whether the last attempt was rejected for good: not for the
// credentials or the time being.
func (v *view) refused() bool {
	switch v.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return v.Status >= 400 && v.Status < 500
	}
}

// WritePlain writes the operation for people, and what to do.
func (v *view) WritePlain(w io.Writer) error {
	var b strings.Builder
	b.WriteString(v.facts() + "\n" + v.Next.Text + "\n")
	if v.Next.Resume != "" {
		b.WriteString("  " + v.Next.Resume + "\n")
	}
	for _, c := range v.Next.Commands {
		b.WriteString("  " + c + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// title is the operation's name and ref, as a line may show them.
func (v *view) title() string { return cli.Printable(v.Operation) + " " + cli.Printable(v.name()) }

// facts is the operation as text.
func (v *view) facts() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.title(), v.State)
	if v.Generation > 1 {
		fmt.Fprintf(&b, ", generation %d", v.Generation)
	}
	if v.ByPerson {
		b.WriteString(", by a person's word")
	}
	if v.Erased {
		b.WriteString(", erased")
	}
	b.WriteString("\n")
	fields := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range [][2]string{
		{"account", v.Account},
		{"age", age(v.AgeSeconds)},
		{"attempts", attempts(v.record)},
		{"reason", v.Reason},
		{"error code", v.Code},
		{"request id", v.RequestID},
		{"key", v.Key},
		{"key protects until", v.SafeUntil},
		{"next recovery", v.NextRecovery},
		{"made", v.Resource},
		{"sealed", v.Sealed},
	} {
		if f[1] != "" {
			_, _ = fmt.Fprintf(fields, "  %s\t%s\n", f[0], cli.Printable(f[1])) // a Builder does not fail
		}
	}
	_ = fields.Flush() // a Builder does not fail
	b.WriteString("\n")
	for _, s := range v.Timeline {
		fmt.Fprintf(&b, "  %s  %s\n", s.At, cli.Printable(s.What))
	}
	return b.String()
}

func attempts(r record) string {
	if r.Sealed != "" {
		return ""
	}
	return strconv.Itoa(r.Attempts)
}
