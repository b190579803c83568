package safety

// The text of the report around its figures.
const (
	intro = `%d passes to issue on each of %d days, eight callers at a time, in virtual time. Three first requests in
ten and one later request in four meet a fault, one dial in twenty is refused or hangs, the server is down for 5 to 60 s
about every five minutes, and now and then the client's machine is suspended, also for longer than the 90 s for which
the server remembers a key. Every client gets the same faults, 15 s for an attempt and 10 minutes for a call.

`
	terms = `
*True success*: issued once, and reported as issued. *Failed*: not issued, and reported as not issued.
*Duplicates*: passes issued beyond the first of an operation. *Lies*: the client reported that the server had answered
with an error, and the pass was issued all the same (or it returned a pass that was not). *Unknown*: the call ended in
an error without a response (refused, reset, timed out, unreadable, given up after retries), or, with this SDK, in the
outcome unknown; such an error claims nothing and is no lie. *Requests* are per operation, times by the client's own
clock.

net/http by hand makes one attempt, and has duplicates all the same: when a connection from its pool breaks, net/http
by itself sends a request with an ` + "`Idempotency-Key`" + ` again, also when the server has forgotten the key.

Each client has its own default number of retries, or that of its documentation's examples; the row with 20 shows what
more of them bring. This SDK's row is its engine with the vendor's profile and the generated request, since the machine
here is the model's, whose wall clock is not the process's. The faults are the same in each run, the clients' jitter is
not: figures move by a few.

`
	answers = `What the lies rest on. A program that treats every 5xx as unknown, and reports it so, keeps
only the first column:

| client | reported as failed: a 4xx | a 500 | another 5xx |
| --- | ---: | ---: | ---: |
`
	forgetful = `
A server that forgets executed requests to which it returned 500, against the vendor's rule:

`
)

// remedies states for each reason whether waiting, sending again under the same
// key, or reading would have settled it.
var remedies = map[Reason]string{
	StoredError: "no | no: the same 500 | yes",
	FinalError:  "no | not sent | yes",
	Slept:       "no | unsafe: it may be issued again | yes",
	LongWait:    "no: the key is forgotten by then | yes, sooner than the server wants | yes",
	NoContent:   "no | unsafe: the window is over | yes",
}
