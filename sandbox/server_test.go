package sandbox_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

var _ sandbox.TB = (*testing.T)(nil)

type fakeTest struct {
	cleanups []func()
	fatal    string
}

func (*fakeTest) Helper()                             {}
func (f *fakeTest) Cleanup(cleanup func())            { f.cleanups = append(f.cleanups, cleanup) }
func (f *fakeTest) Fatalf(format string, args ...any) { f.fatal = fmt.Sprintf(format, args...) }

func TestStartClosesItselfWithTheTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var test fakeTest
		sb := sandbox.Start(&test)
		g := newRig(t, sb, sb.URL, sb.Client())
		read[gen.IssuedPass](g.send(g.issue()))
		require.Len(t, test.cleanups, 1)
		test.cleanups[0]()
		require.ErrorIs(t, g.send(g.issue()).err, syscall.ECONNREFUSED)
		sb.Close() // a second time
	})
}

func TestBadOptionsAreRefused(t *testing.T) {
	for name, opt := range map[string]sandbox.Option{
		"WithClock":        sandbox.WithClock(nil),
		"WithKeyMemory":    sandbox.WithKeyMemory(0),
		"WithRandomFaults": sandbox.WithRandomFaults(1, math.NaN()),
	} {
		_, err := sandbox.New(opt)
		require.ErrorContains(t, err, name)
		var test fakeTest
		assert.Nil(t, sandbox.Start(&test, opt))
		assert.Contains(t, test.fatal, name)
		assert.Empty(t, test.cleanups)
	}
}

func TestCloseEndsDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sb := sandbox.Start(t)
		g := newRig(t, sb, sb.URL, sb.Client())
		sb.Next(sandbox.IssuePass, sandbox.DelayBefore(time.Hour))
		sb.Next(sandbox.BookClass, sandbox.DelayAfter(time.Hour))
		broken := make(chan error)
		for range 2 { // the second waits for the first one's answer
			go func() { broken <- g.key("k").send(g.issue()).err }()
			synctest.Wait()
		}
		go func() { broken <- g.send(g.book(g.Seed.ClassInstanceID)).err }()
		synctest.Wait()
		start := time.Now()
		go sb.Close()
		for range 3 {
			require.Error(t, <-broken)
		}
		synctest.Wait()
		assert.Zero(t, time.Since(start))
		assert.Zero(t, sb.Executed(sandbox.IssuePass), "what has not begun does not begin")
		assert.Equal(t, 1, sb.Executed(sandbox.BookClass))
	})
}

func TestAPIKeyReset(t *testing.T) {
	inBubble(t, func(g *rig) {
		fresh := g.ResetAPIKey()
		assert.NotEqual(t, g.APIKey, fresh)
		g.send(g.issue()).refused(http.StatusUnauthorized, gen.ErrorCodeInvalidAPIKey)
		read[gen.IssuedPass](g.with("Authorization", "Bearer "+fresh).send(g.issue()))
	})
}

func TestAuthorizationMustBeABearer(t *testing.T) {
	inBubble(t, func(g *rig) {
		for _, value := range []string{"", g.APIKey, "Basic " + g.APIKey, "Bearer ", "Bearer " + g.APIKey + "x"} {
			shown := g.with("Authorization", value).send(g.issue()).
				refused(http.StatusUnauthorized, gen.ErrorCodeInvalidAPIKey)
			assert.Equal(t, gen.ErrorTypeAuthenticationError, shown.Type)
		}
	})
}

func TestDisabledAccount(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.SetAccountEnabled(false)
		shown := g.send(g.issue()).refused(http.StatusForbidden, gen.ErrorCodeAccountDisabled)
		assert.Equal(t, gen.ErrorTypePermissionError, shown.Type)
		g.SetAccountEnabled(true)
		read[gen.IssuedPass](g.send(g.issue()))
	})
}

func TestWhatTheAPIDoesNotKnow(t *testing.T) {
	inBubble(t, func(g *rig) {
		for _, row := range []struct{ name, method, path string }{
			{"unknown path", http.MethodGet, "/flights"},
			{"unknown method", http.MethodDelete, "/passes"},
			{"method of another operation", http.MethodGet, "/issued_passes/update/x"},
		} {
			r := g.raw(row.method, g.base+row.path, nil)
			r.refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
			assert.NotEmpty(t, r.header.Get(idHeader), row.name)
		}
		g.raw(http.MethodGet, strings.TrimSuffix(g.base, sandbox.BasePath)+"/", nil).
			refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		require.Len(t, g.Ledger(), 4)
		for _, entry := range g.Ledger() {
			assert.EqualValues(t, fakeserver.UnknownRoute, entry.Operation)
			assert.Equal(t, fakeserver.ResultRejected, entry.Result)
			assert.Equal(t, http.StatusNotFound, entry.Status)
		}
	})
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	inBubble(t, func(g *rig) {
		for body, named := range map[string]string{
			"": "body", "[]": "body", `{"client_id":`: "body", `{"client_id":7}`: "client_id",
			strings.Repeat(" ", 1<<20) + "{}": "body",
		} {
			shown := g.raw(http.MethodPost, g.base+"/issued_passes", []byte(body)).
				refused(http.StatusBadRequest, gen.ErrorCodeValidationError)
			assert.Equal(t, gen.ErrorTypeInvalidRequestError, shown.Type)
			assert.True(t, strings.HasPrefix(shown.Message, named+" "), shown.Message)
		}
		assert.Zero(t, g.Executed(sandbox.IssuePass))
	})
}

func TestErrorsCarryTheRequestID(t *testing.T) {
	inBubble(t, func(g *rig) {
		r := g.send(gen.NewGetClassRequest("class_none"))
		shown := r.refused(http.StatusNotFound, gen.ErrorCodeResourceNotFound)
		assert.Equal(t, r.header.Get(idHeader), shown.RequestID)
		assert.Equal(t, "req_0001", shown.RequestID)
	})
}

func TestLedgerPrintsAlignedAndWithoutSecrets(t *testing.T) {
	inBubble(t, func(g *rig) {
		g.Next(sandbox.IssuePass, sandbox.LoseResponse)
		g.key("the-key").send(g.issue())
		pass := read[gen.IssuedPass](g.key("the-key").send(g.issue()))
		g.send(gen.NewCancelBookingRequest("booking_none"))
		text := g.Ledger().String()
		assert.Equal(t, strings.TrimLeft(`
request   operation      key       result    status  fault          resource
req_0001  IssuePass      key_0001  executed  -       lose-response  brgpass_0001
req_0002  IssuePass      key_0001  replayed  201     -              brgpass_0001
req_0003  CancelBooking  -         rejected  404     -              -
`, "\n"), text)
		all := fmt.Sprintf("%+v", g.Ledger())
		for _, secret := range []string{"the-key", g.APIKey, pass.Passcode} {
			assert.NotContains(t, all, secret)
		}
		assert.Equal(t, time.Now(), g.Ledger()[0].Time)
	})
}
