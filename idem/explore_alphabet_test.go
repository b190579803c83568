package idem

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// symbol is one result that an attempt may have: evidence as the transport and
// the decoder give it, with the row of docs/retries.md that it belongs to.
type symbol struct {
	attempt *attempt
	op      *Operation
	row     row
	// stays: of a lost response, that no repetition of a read brings another.
	stays bool
	fresh bool // of a 401: the key provider has another key by now
	final bool // of a 500: the policy is NoRetryOn500
}

func spelled(body []byte) bool { return len(body) > 5 && body[0] == '{' }

// row is a row of the table in docs/retries.md, by its number. From rowBusy on
// they are rows of vendors whose words the table does not have.
type row uint8

const (
	rowUntried      row = 1
	rowNoConn       row = 2
	rowDialFailed   row = 3
	rowNoByte       row = 4
	rowBroken       row = 5
	rowDone         row = 6
	rowLost         row = 7
	rowContradicted row = 8
	rowStrange      row = 9
	rowNoStatus     row = 10
	rowRedirect     row = 11
	rowStored500    row = 12
	rowNotThere     row = 13
	rowFinal500     row = 14
	rowServerError  row = 15
	rowAlready      row = 16
	rowKeyReused    row = 17
	rowStored400    row = 18
	rowSlowDown     row = 19
	rowByStatus     row = 20
	rowRefused      row = 21
	rowCut          row = 22
	rowProxy        row = 23
	rowBusy         row = 24 // a request with the key is executing
	rowFailed       row = 25 // worked on, and failed
	rowCannotTell   row = 26
	rowExists       row = 27 // a request was executed under the key
)

// The operation's own classifier and proof read what the alphabet writes.
func spelledSignal(_ int, _ http.Header, body []byte) Signal {
	if !spelled(body) {
		return SignalNone
	}
	return Signal(body[5] - '0')
}

func spelledProof(_ int, h http.Header, _ []byte) Proof {
	v := h["X-Proof"]
	return Proof{Kind: ProofKind(v[0][0] - '0'), Complete: v[0][1] == '1'}
}

func spelledBody(s Signal) []byte { return []byte(`{"s":` + strconv.Itoa(int(s)) + `}`) }

// alphabet is every result that an attempt of a class may have. The sizes of
// its parts are asserted, so that none is lost.
func alphabet(class Class) (all []symbol, sizes [4]int) {
	op := func(change func(*Operation)) *Operation {
		o := testOperation(class)
		o.Success, o.Classify = []int{200}, spelledSignal
		change(&o)
		return &o
	}
	plain := op(func(*Operation) {})
	proving := op(func(o *Operation) { o.Prove = spelledProof })
	empty := op(func(o *Operation) { o.NoContent, o.Success = true, []int{200, 204} })
	located := op(func(o *Operation) { o.ResultHeader = "Location" })
	parts := [...][]symbol{
		withoutStatus(plain),
		withStatus(plain),
		provingSuccesses(proving),
		slices.Concat(
			formedSuccesses(plain),
			formedSuccesses(op(func(o *Operation) { o.BodyFormat = BodyJSONArray })),
			formedSuccesses(op(func(o *Operation) { o.BodyFormat = BodyText })),
			formedSuccesses(op(func(o *Operation) { o.BodyFormat = BodyAny })),
			bareSuccesses(empty, located),
		),
	}
	for i, part := range parts {
		all = append(all, part...)
		sizes[i] = len(part)
	}
	return all, sizes
}

var bools = []bool{false, true}

// withoutStatus is the product of all that is known of an attempt which brought
// no status.
func withoutStatus(op *Operation) (all []symbol) {
	rows := [...]row{
		sendonce.ProofNone: rowBroken, sendonce.ProofNotTried: rowUntried,
		sendonce.ProofNoConn: rowDialFailed, sendonce.ProofNoByte: rowNoByte,
	}
	for bits := range 1 << 8 {
		has := func(i int) bool { return bits>>i&1 == 1 }
		s := evidence{Evidence: sendonce.Evidence{
			Err: io.EOF, Proof: sendonce.Proof(bits & 3),
			Cause:  sendonce.Cause{Reason: causeWords, Permanent: has(2), TimedOut: has(3)},
			Reused: has(4), Cancelled: has(5), AtServer: has(3) && has(6) && bits&3 == 0,
		}}
		if has(7) {
			s.Err = sendonce.ErrSlept
		}
		connected := s.Proof == sendonce.ProofNone || s.Proof == sendonce.ProofNoByte
		if !connected && (s.Reused || has(7)) {
			continue // there is no connection that served others, or held bytes
		}
		r := rows[s.Proof]
		if s.Proof == sendonce.ProofNoConn && s.Cause.Permanent {
			r = rowNoConn
		}
		for _, counted := range bools { // bytes leave only after the key's window has begun
			if counted && s.Proof == sendonce.ProofNotTried || !counted && s.Proof == sendonce.ProofNone {
				continue
			}
			s.Counted = counted
			all = append(all, symbol{attempt: &attempt{seen: s, credentials: "new"}, op: op, row: r})
		}
	}
	return all
}

// withStatus is the product of every status but the success with every signal,
// with and without the replay mark, read whole or not.
func withStatus(op *Operation) (all []symbol) {
	for status := 98; status <= 601; status++ {
		if op.succeeds(status) {
			continue
		}
		for bits := range 1 << 4 {
			fresh, final := bits&4 != 0, bits&8 != 0
			if fresh && status != http.StatusUnauthorized || final && status != http.StatusInternalServerError {
				continue // no other status depends on the credentials, or on the policy
			}
			for signal := SignalNone; signal <= SignalIndeterminate+2; signal++ {
				s := response(status, bits&1 == 1)
				s.Reused = bits>>1&1 == 1
				words := signal
				switch signal {
				case SignalIndeterminate + 1:
					s.BodyErr, words = io.ErrUnexpectedEOF, SignalNone
				case SignalIndeterminate + 2:
					s.TooLarge, words = true, SignalNone
				default:
					s.Body = spelledBody(signal)
				}
				a := &attempt{seen: s, credentials: "new"}
				if fresh {
					a.credentials = "old"
				}
				all = append(all, symbol{
					attempt: a, op: op, row: statusRow(op.Class, final, &s, words), fresh: fresh, final: final,
				})
			}
		}
	}
	return all
}

func response(status int, marked bool) evidence {
	h := http.Header{"Content-Type": {"application/json"}}
	if marked {
		h["X-Replayed"] = []string{"true"}
	}
	return evidence{Evidence: sendonce.Evidence{Status: status, Header: h, Counted: true}}
}

func isMarked(s *evidence) bool { return len(s.Header["X-Replayed"]) > 0 }

// statusRow is the row of a response that is no success, by the table in
// docs/retries.md.
func statusRow(class Class, noRetryOn500 bool, s *evidence, signal Signal) row {
	mark := isMarked(s)
	switch {
	case s.Status < 200 || s.Status > 599:
		return rowNoStatus
	case s.Status < 300:
		return rowStrange
	case s.Status < 400:
		return rowRedirect
	case signal == SignalInProgress:
		return rowBusy
	case s.Status >= 500 && mark:
		return rowStored500
	case s.Status == 501 || s.Status == 505:
		return rowNotThere
	case s.Status == 500 && noRetryOn500:
		return rowFinal500
	case s.Status >= 500 && signal == SignalIndeterminate:
		return rowFailed
	case s.Status >= 500:
		return rowServerError
	default:
		return refusalRow(class, s, signal, mark)
	}
}

func refusalRow(class Class, s *evidence, signal Signal, mark bool) row {
	switch {
	case signal == SignalAlreadyApplied && class == Idempotent:
		return rowAlready
	case signal == SignalAlreadyExecuted && class.sendsKey():
		return rowExists
	case signal == SignalKeyReused:
		return rowKeyReused
	case signal == SignalRetryable:
		return rowCannotTell
	case signal == SignalIndeterminate && mark:
		return rowStored500
	case signal == SignalIndeterminate:
		return rowFailed
	case mark && s.BodyErr == nil && !s.TooLarge: // else its words may be any of those above
		return rowStored400
	case s.Status == 425 || s.Status == 429:
		return rowSlowDown
	case signal != SignalNone:
		return rowRefused
	}
	switch s.Status {
	case 407, 411, 413, 414, 417, 421, 426, 431:
		return rowByStatus
	case 408:
		return rowCut
	}
	if s.BodyErr != nil {
		return rowCut
	}
	return rowProxy
}

// decodings are what the decoder can make of a whole body.
var decodings = []func(*evidence){
	func(*evidence) {},
	func(s *evidence) { s.value = "value" },
	func(s *evidence) { s.value, s.proven = "value", true },
	func(s *evidence) { s.odd = &oddity{unfit: ErrResponseIncomplete} },
	func(s *evidence) { s.odd = &oddity{unfit: errors.New("does not fit")} },
}

// provingSuccesses is the product of what a success may show where the
// operation finds the proof itself.
func provingSuccesses(op *Operation) (all []symbol) {
	for bits := range 1 << 6 {
		mark, id := bits&1 == 1, bits>>1&1 == 1
		proof := Proof{Kind: ProofKind(bits >> 2 & 3), Complete: bits>>4&1 == 1}
		start := func() evidence {
			s := response(200, mark)
			s.Header["X-Proof"] = []string{string([]byte{'0' + byte(proof.Kind), '0' + byte(bits>>4&1)})}
			if id {
				s.Header["Request-Id"] = []string{"req_1"}
			}
			s.contradicts = bits>>5&1 == 1
			return s
		}
		add := func(s evidence, signal Signal) {
			own := s.proven || proof.Kind == ProvesExecution || proof.Kind == ProvesField && id
			other := signal != SignalNone || proof.Kind == ProvesOther && !s.proven
			all = append(all, success(op, s, own, other, proof.Complete || s.proven))
		}
		for _, decode := range decodings {
			for signal := SignalNone; signal <= SignalIndeterminate; signal++ {
				s := start()
				s.Body = spelledBody(signal)
				decode(&s)
				add(s, signal)
			}
		}
		for bits := range 1 << 2 {
			s := start()
			s.contradicts = false // a body that is not whole is not compared
			s.TooLarge, s.Reused = bits&1 == 1, bits&2 == 2
			if !s.TooLarge {
				s.BodyErr = io.ErrUnexpectedEOF
			}
			add(s, SignalNone)
		}
	}
	return all
}

// formedSuccesses is the same where the form of the body is the proof.
func formedSuccesses(op *Operation) (all []symbol) {
	bodies := []string{"[]", "<html>"}
	for signal := SignalNone; signal <= SignalIndeterminate; signal++ {
		bodies = append(bodies, string(spelledBody(signal)))
	}
	for bits := range 1 << 3 {
		for _, media := range []string{"application/json", "text/html", "text/plain", ""} {
			start := func() evidence {
				s := response(200, bits&1 == 1)
				s.Header["Content-Type"] = []string{media}
				if bits&2 == 2 {
					s.Header["Request-Id"] = []string{"req_1"}
				}
				return s
			}
			ours := op.BodyFormat.isOurs(media, bits&2 == 2)
			for _, body := range bodies {
				for _, decode := range decodings {
					s := start()
					s.Body, s.contradicts = []byte(body), bits&4 == 4
					decode(&s)
					whole := s.value != nil || op.BodyFormat.hasForm(body)
					other := spelledSignal(200, nil, s.Body) != SignalNone ||
						ours && !whole && !s.proven && body != "<html>"
					y := success(op, s, s.proven || ours && whole, other, s.proven || ours && whole)
					y.stays = y.row == rowLost && whole
					all = append(all, y)
				}
			}
			for _, tooLarge := range bools {
				s := start()
				s.TooLarge, s.Reused = tooLarge, bits&4 == 4
				if !tooLarge {
					s.BodyErr = io.ErrUnexpectedEOF
				}
				all = append(all, success(op, s, op.BodyFormat == BodyAny, false, false))
			}
		}
	}
	return all
}

// isOurs: the media type is the form's, or there is none and the API's id.
func (f BodyFormat) isOurs(media string, id bool) bool {
	switch {
	case f == BodyAny:
		return true
	case media == "":
		return id
	case f == BodyText:
		return media == "text/plain"
	default:
		return media == "application/json"
	}
}

func (f BodyFormat) hasForm(body string) bool {
	return f == BodyAny || f == BodyText || (f == BodyJSONArray) == (body == "[]") && body != "<html>"
}

// bareSuccesses is the same where the operation declares no body, or a header in
// place of one.
func bareSuccesses(empty, located *Operation) (all []symbol) {
	for bits := range 1 << 2 {
		start := func(status int) evidence { return response(status, bits&1 == 1) }
		for _, status := range []int{200, 204} {
			s := start(status)
			if bits&2 == 2 {
				s.Header["Request-Id"] = []string{"req_1"}
			}
			own := status == 204 || bits&2 == 2
			all = append(all, success(empty, s, own, false, own))
		}
		s := start(200)
		if bits&2 == 2 {
			s.Header["Location"] = []string{"/things/1"}
		}
		all = append(all, success(located, s, bits&2 == 2, false, bits&2 == 2))
	}
	return all
}

// success is a success of the API if it proves itself or has the replay mark,
// and is no other one's (R26).
func success(op *Operation, s evidence, own, other, complete bool) symbol {
	r := rowLost
	whole := s.BodyErr == nil && !s.TooLarge
	switch {
	case other || !own && !isMarked(&s):
		r = rowStrange
	case !whole, op.Prove != nil && s.unfit() != nil, !complete:
	case s.contradicts:
		r = rowContradicted
	default:
		r = rowDone
	}
	stays := whole && (s.value != nil || spelled(s.Body))
	if op.Prove != nil && s.unfit() != nil {
		stays = errors.Is(s.unfit(), ErrResponseIncomplete)
	}
	return symbol{attempt: &attempt{seen: s, credentials: "new"}, op: op, row: r, stays: r == rowLost && stays}
}

// environment is what an attempt's end may find around it: how much of the
// key's window, of the call's time and of the caller's deadline is left, what
// the server requested, and the budget.
type environment struct {
	window, elapsed time.Duration
	deadline        time.Duration // zero: none
	done            bool          // the caller's context is over
	retryAfter      time.Duration
	budgetEmpty     bool
	suspended       bool
}

// environments is the product of all edges.
func environments(windowed bool) (all []environment) {
	const open, last, closing, closed = 60 * time.Second, 3 * time.Second, 2050 * time.Millisecond, time.Second
	windows := []time.Duration{open, last, closing, closed}
	if !windowed {
		windows = windows[:1]
	}
	for _, window := range windows {
		for _, elapsed := range []time.Duration{open, last, closing, closed, -time.Second} {
			for _, caller := range []time.Duration{0, time.Second, 100 * time.Millisecond, -1} {
				for _, wait := range []time.Duration{0, 10 * time.Second, 100 * time.Second} {
					for bits := range 1 << 2 {
						all = append(all, environment{
							window: window, elapsed: elapsed, deadline: max(caller, 0), done: caller < 0,
							retryAfter: wait, budgetEmpty: bits&1 == 1, suspended: bits&2 == 2,
						})
					}
				}
			}
		}
	}
	return all
}
