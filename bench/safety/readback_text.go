package safety

// The text of the second report around its figures.
const (
	readBackIntro = `%d operations on each of the same %d days, with the same faults: class bookings, credit purchases
and cancellations in turn, each for a client of its own. The first two take an idempotency key. A cancellation takes
none, and has no further effect the second time. The API lists what a client has booked and bought, so a program can
read what a lost response would have shown.

`
	readBackTerms = `
The columns are those of the first table; *requests* include those of recovery. The peers have no recovery; the programs
around them take "already cancelled" for success. This SDK's calls have a journal, and a ref each. The last row adds a
program that runs ` + "`Recover`" + ` every minute, beside the calls and for a quarter of an hour after the last one. It
sends an operation again where that is safe: a cancellation always, another operation while its key's window is open.
From 200 s after the intent it reads the list instead, over the same network. Of the doubts that recovery ended, half
were over %s after the call, and 99 %% %s after it.

How the operations of the last row ended:

`
	readBackRest = `
Reading shows that an operation was executed, never that it was not: what is missing in the list now may still be
executed. So those stay unknown, and their refs are not free, until an operator settles them.
`
)
