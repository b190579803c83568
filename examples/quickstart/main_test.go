package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What differs from run to run: random waits, how many fit into the caller's
// second, keys and their times.
var (
	waits = regexp.MustCompile(`again after [0-9.]+m?s`)
	dials = regexp.MustCompile(`( +\d +no answer +connection refused +nothing sent.*\n)+`)
	keys  = regexp.MustCompile(`\[key \S+ safe until \S+\]`)
)

const story = `
1. Issue a pass. The response is lost; the key brings it again.
    1  no answer     connection reset                      ambiguous, again after a while
    2  201 replayed  executed                              done
   =>  done
   brgpass_0001 is issued, replayed: true

2. Book a class. The pass is used up: buy one more visit, through a 503.
    1  201           executed                              done
   =>  done
   the booking needs visits
    1  503           server error                          ambiguous, again after a while
    2  201           executed                              done
   =>  done
   booking_0001 is PENDING

3. Cancel the booking. It takes no key, and the response is lost.
    1  no answer     connection reset                      ambiguous, again at once
    2  409           already applied                       already applied
       the lost response was read back
   =>  done
   booking_0001 is CANCELLED, recovered: true

4. Cancel it again: a typed error.
    1  409           already applied                       already applied
   =>  done
   error: bardge: CancelBooking: done: 409 already_cancelled (resource_conflict_error): already applied [request req_0009]

5. Another program uses the first key for another pass: a typed error.
    1  409           the key belongs to another request    key reused
   =>  rejected
   error: bardge: IssuePass: rejected: 409 idempotency_key_reused (idempotency_error): the key belongs to another request [request req_0010]

6. Buy credits. The server dies before it answers, and the caller has one second.
    1  no answer     connection reset                      ambiguous, again at once
    (refused dials)
   =>  unknown
   error: bardge: PurchaseCredits: unknown: connection refused; the next attempt would come after the caller's deadline [key safe for a while]
   safe to repeat: true; the server is back, so resume with the error's key
    1  201 replayed  executed                              done
   =>  done
   50 credits are bought, replayed: true

What the server did

request   operation            key       result    status  fault             resource
req_0001  IssuePass            key_0001  executed  -       lose-response     brgpass_0001
req_0002  IssuePass            key_0001  replayed  201     -                 brgpass_0001
req_0003  BookClass            key_0002  executed  201     -                 sess_0001
req_0004  ConfirmClassBooking  key_0003  rejected  503     unavailable=1s    -
req_0005  ConfirmClassBooking  key_0003  executed  201     -                 booking_0001
req_0006  CancelBooking        -         executed  -       lose-response     booking_0001
req_0007  CancelBooking        -         rejected  409     -                 booking_0001
req_0008  GetBookingStatus     -         executed  200     -                 booking_0001
req_0009  CancelBooking        -         rejected  409     -                 booking_0001
req_0010  IssuePass            key_0001  rejected  409     -                 -
req_0011  PurchaseCredits      key_0004  executed  -       delay-after=1m0s  credit_purchase_0001
req_0012  PurchaseCredits      key_0004  replayed  201     -                 credit_purchase_0001

IssuePass            executed 1×
BookClass            executed 1×
ConfirmClassBooking  executed 1×
CancelBooking        executed 1×
PurchaseCredits      executed 1×
`

func TestTheTourPrintsItsChapters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		require.NoError(t, run(t.Context(), &out))
		assert.Equal(t, story, stable(out.String()))
	})
}

func stable(out string) string {
	out = waits.ReplaceAllString(out, "again after a while")
	out = dials.ReplaceAllString(out, "    (refused dials)\n")
	return keys.ReplaceAllString(out, "[key safe for a while]")
}

func TestALedgerThatDisagreesFailsTheTour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.Start(t)
		client, err := connect(server)
		require.NoError(t, err)
		tour := &tour{Client: client, server: server, out: io.Discard}
		assert.EqualError(t, tour.audit(), "IssuePass was executed 0 times")

		for range 2 { // two keys are two passes
			_, _, err := client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{
				ClientID: server.Seed.ClientID, PassID: server.Seed.PassID,
			})
			require.NoError(t, err)
		}
		assert.EqualError(t, tour.audit(), "IssuePass was executed 2 times")
	})
}

func TestAnErrorOfAnotherKindFailsTheTour(t *testing.T) {
	_, err := wants[*bardge.AlreadyCancelledError](io.EOF)
	assert.ErrorIs(t, err, io.EOF)
	_, err = wants[*bardge.AlreadyCancelledError](nil)
	assert.Error(t, err)
	_, err = wantsUnknown(&bardge.Error{Outcome: bardge.OutcomeRejected})
	assert.ErrorContains(t, err, "wanted an unknown outcome")
}
