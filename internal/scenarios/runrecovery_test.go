package scenarios

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

func TestRunRecovery_SendsWhatACrashHasLeft(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(false, withRef("order-1"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var found []*recovered
		err := s.client.runRecovery(ctx, 20*time.Second, func(r *recovered) { found = append(found, r) })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, s.name+": run recovery: ")
		require.Len(t, found, 1)
		assert.Equal(t, idem.OutcomeDone, found[0].Outcome)
		assert.Equal(t, idem.ActionResend, found[0].Action)
		assert.Equal(t, 1, s.executed(s.order))
	})
}

func TestRunRecovery_LogsWhatFails(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		var log bytes.Buffer
		var failed []idem.Event
		c := s.newClient(withJournal(sdktest.BrokenJournal{}, "acme"), withLogger(slog.New(slog.NewTextHandler(&log, nil))),
			withObserver(func(e idem.Event) { failed = append(failed, e) }))
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		require.Error(t, c.runRecovery(ctx, time.Minute, func(*recovered) { t.Error("there is none") }))
		require.Len(t, failed, 2)
		assert.Equal(t, idem.EventRecoveryFailed, failed[0].Kind)
		assert.ErrorIs(t, failed[0].RecordErr, idem.ErrJournal)
		assert.Contains(t, log.String(), `level=ERROR msg="`+s.name+`: recovery failed"`)
		assert.NotContains(t, log.String(), sdktest.Leak)
		assert.ErrorAs(t, c.runRecovery(t.Context(), time.Minute, nil), new(*idem.InvalidError))
	})
}

func TestJ17_ADryRunShowsWhatWouldBeDone(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(false, withRef("order-1"))
		s.leaveOpen(false)
		actions := map[string]idem.RecoveryAction{}
		for range 2 {
			for r, err := range s.client.recover(t.Context(), idem.RecoveryOptions{DryRun: true, Operation: s.order}) {
				require.NoError(t, err)
				assert.Equal(t, idem.OutcomeUnknown, r.Outcome)
				assert.ErrorContains(t, r.Err, map[idem.RecoveryAction]string{idem.ActionResend: "dry run", idem.ActionReport: "left as it is"}[r.Action])
				actions[r.Ref] = r.Action
			}
			assert.Equal(t, map[string]idem.RecoveryAction{"order-1": idem.ActionResend, "": idem.ActionReport}, actions)
		}
		assert.Zero(t, s.executed(s.order))
		assert.Equal(t, 2, s.requests(s.order))
		assert.Len(t, s.recover(), 2)
	})
}

// Another program that holds the secret records a request under another
// operation's name.
func TestJ14_ARecordWithAnotherOperationsPathIsNeverSent(t *testing.T) {
	for name, forge := range map[string]func(*idem.Request){
		"path":   func(r *idem.Request) { r.Path = "/elsewhere" },
		"method": func(r *idem.Request) { r.Method = http.MethodDelete },
	} {
		t.Run(name, func(t *testing.T) {
			inShops(t, func(t *testing.T, s *shop) {
				e, err := idem.New(idem.Config{
					Profile: idem.Profile{Vendor: s.name, KeyHeader: "Idempotency-Key", KeyTTL: 90 * time.Second},
					BaseURL: s.url(), Transport: http.NewFileTransport(http.Dir(t.TempDir())),
					Journal: s.journal, Account: "acme", JournalSecrets: [][]byte{[]byte(s.secret())},
				})
				require.NoError(t, err)
				request := idem.Request{
					Operation: idem.Operation{Name: s.order, Class: idem.Keyed, Success: []int{201}},
					Method:    http.MethodPost, Path: s.path,
				}
				forge(&request)
				forged := e.Do(t.Context(), idem.Call{Ref: "order-1", Policy: idem.Policy{MaxAttempts: 1}, Request: request})
				require.Equal(t, idem.OutcomeUnknown, forged.Outcome, forged.Err)
				r := s.recoverOne()
				assert.Equal(t, idem.ActionReport, r.Action)
				assert.Equal(t, idem.OutcomeUnknown, r.Outcome)
				assert.ErrorContains(t, r.Err, "method and path are not its operation's")
				assert.Zero(t, s.requests(s.order))
			})
		})
	}
}

func TestClose_DrainsAndStopsRecovery(t *testing.T) {
	inShops(t, func(t *testing.T, s *shop) {
		s.leaveOpen(false, withRef("order-1"))
		recovery := make(chan error, 1)
		go func() { recovery <- s.client.runRecovery(t.Context(), time.Minute, func(*recovered) {}) }()
		synctest.Wait()
		require.NoError(t, s.client.Close(t.Context()))
		err := <-recovery
		require.ErrorIs(t, err, idem.ErrClosed)
		assert.EqualError(t, err, s.name+": run recovery: the client is closed")
		assert.Equal(t, 1, s.executed(s.order), "what it had begun was finished")

		failed := s.failed(s.client.order(t.Context(), usual))
		require.EqualError(t, s.client.order(t.Context(), usual).err, s.name+": "+s.order+": not sent: the client is closed")
		assert.Equal(t, idem.OutcomeNotSent, failed.Outcome)
		for _, err := range s.client.recover(t.Context(), idem.RecoveryOptions{}) {
			require.ErrorIs(t, err, idem.ErrClosed)
		}
		_, err = s.client.operations().Get(t.Context(), "order-1")
		require.ErrorIs(t, err, idem.ErrClosed)
		require.ErrorIs(t, s.client.resolve(t.Context(), "order-1", notExecuted()), idem.ErrClosed)
		assert.Equal(t, journal.StateDone, s.recorded("order-1").State, "the journal is the caller's, and stays open")
	})
}
