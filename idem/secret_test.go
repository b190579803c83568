package idem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
)

func TestSecretHidesFromFormatting(t *testing.T) {
	secret := idem.Secret("ABC12345")
	holder := struct {
		Name string
		Code idem.Secret
		Ptr  *idem.Secret
	}{"Ada", secret, &secret}

	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, value := range []any{secret, &secret, holder, &holder, []idem.Secret{secret}} {
			shown := strings.ToUpper(fmt.Sprintf(verb, value))
			assert.NotContains(t, shown, "ABC12345", verb)
			assert.NotContains(t, shown, "4142433132333435", verb)
		}
	}
	assert.Equal(t, "{Ada [redacted]}", fmt.Sprint(struct {
		Name string
		Code idem.Secret
	}{"Ada", secret}))
	assert.Equal(t, "[redacted]", secret.String())
}

func TestSecretHidesFromLogs(t *testing.T) {
	var text, structured strings.Builder
	slog.New(slog.NewTextHandler(&text, nil)).Info("issued", "code", idem.Secret("ABC12345"))
	slog.New(slog.NewJSONHandler(&structured, nil)).Info("issued", "code", idem.Secret("ABC12345"))

	for _, log := range []string{text.String(), structured.String()} {
		assert.Contains(t, log, "[redacted]")
		assert.NotContains(t, log, "ABC12345")
	}
}

func TestSecretTravelsInJSON(t *testing.T) {
	data, err := json.Marshal(idem.Secret("ABC12345"))
	require.NoError(t, err)
	assert.Equal(t, `"ABC12345"`, string(data))

	var secret idem.Secret
	require.NoError(t, json.Unmarshal(data, &secret))
	assert.Equal(t, "ABC12345", string(secret))
}

// lostResponse is an error as a client returns it: its own type, which unwraps
// to a Failure.
func lostResponse() error {
	return fmt.Errorf("order 17: %w", &idem.Failure{
		Operation: "IssuePass", Class: idem.Keyed, Outcome: idem.OutcomeUnknown, Key: idem.NewKey(),
		SafeUntil: time.Now().Add(time.Minute), RetryHelps: true, Err: errors.New("connection reset"),
	})
}

// Middleware that is shared by the clients of several vendors reads each error
// the same way.
func ExampleFailure() {
	if failed, ok := errors.AsType[*idem.Failure](lostResponse()); ok {
		fmt.Println(failed.Operation, failed.Class, failed.Outcome)
		fmt.Println(failed)
	}
	// Output:
	// IssuePass keyed unknown
	// IssuePass: unknown: connection reset
}

func ExampleOutcomeOf() {
	rejected := &idem.Failure{Outcome: idem.OutcomeRejected}
	fmt.Println(idem.OutcomeOf(nil))
	fmt.Println(idem.OutcomeOf(lostResponse()))
	fmt.Println(idem.OutcomeOf(errors.Join(rejected, errors.New("disk full"))))
	fmt.Println(idem.OutcomeOf(errors.Join(rejected, &idem.Failure{Outcome: idem.OutcomeDone})))
	// Output:
	// done
	// unknown
	// rejected
	// unknown
}

func ExampleCanRepeat() {
	err := lostResponse()
	fmt.Println("safe:", idem.CanRepeat(err), "helps:", idem.RetryHelps(err))
	fmt.Println("under the same key:", !idem.KeyOf(err).IsZero())
	// Output:
	// safe: true helps: true
	// under the same key: true
}

func ExampleRetryHelps() {
	err := &idem.Failure{Outcome: idem.OutcomeRejected, Err: errors.New("rejected by the API")}
	fmt.Println("safe:", idem.CanRepeat(err), "helps:", idem.RetryHelps(err))
	// Output: safe: true helps: false
}

func ExampleKeyOf() {
	fmt.Println(idem.KeyOf(errors.New("disk full")).IsZero())
	fmt.Println(idem.KeyOf(lostResponse()).IsZero())
	// Output:
	// true
	// false
}
