package bluesnap_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/bluesnap"
	"github.com/bardge/bardge-go/internal/leaks"
	"github.com/bardge/bardge-go/journal"
)

// What must be seen nowhere: the card, its code, and who pays for it.
var secrets = append(leaks.Base64("4263982640269299"),
	"4263982640269299", testPassword, base64.StdEncoding.EncodeToString([]byte(testUser+":"+testPassword)),
	"test last name", "pf-token-of-a-browser",
)

// securityCode is the card's, beside a quote or as a value of any kind: three digits
// alone stand in random names, at whose end no quote counts, and in what is sealed.
var securityCode = regexp.MustCompile(`[^0-9a-f]837"|\\"837|["':=>( ]837[\\"',})<\s]`)

func TestR23_ACardIsFoundAtEachPlaceOfAText(t *testing.T) {
	for _, before := range []string{"", "{", `{"`} {
		text := base64.StdEncoding.EncodeToString([]byte(before + `4263982640269299"}`))
		assert.True(t, slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(text, s) }), text)
	}
}

// spy keeps every record that a journal is given.
type spy struct {
	*journal.Memory
	mu   sync.Mutex
	seen []journal.Record
}

func (s *spy) Save(ctx context.Context, r journal.Record) (bool, error) {
	s.mu.Lock()
	s.seen = append(s.seen, r)
	s.mu.Unlock()
	return s.Memory.Save(ctx, r)
}

// everywhere is all that can be seen of calls.
type everywhere struct {
	bytes.Buffer
	mu sync.Mutex
}

func (e *everywhere) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.Buffer.Write(p)
}

func (e *everywhere) show(v any) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(e, verb+"\n", v)
	}
	text, err := json.Marshal(v)
	fmt.Fprintln(e, string(text), err)
	slog.New(slog.NewJSONHandler(e, nil)).Info("shown", "it", v)
	slog.New(slog.NewTextHandler(e, nil)).Info("shown", "it", v)
}

// showAll shows an error and all that lies beneath.
func (e *everywhere) showAll(err error) {
	e.show(err)
	switch one := err.(type) { //nolint:errorlint // each on its way is shown
	case interface{ Unwrap() error }:
		if beneath := one.Unwrap(); beneath != nil {
			e.showAll(beneath)
		}
	case interface{ Unwrap() []error }:
		for _, beneath := range one.Unwrap() {
			e.showAll(beneath)
		}
	}
}

func TestR23_NothingPersonalIsSeenAnywhere(t *testing.T) {
	echoes := refuses(400, "14002", "DO_NOT_HONOR") // repeats the card's number in its description
	inCode := says(400, `{"message":[{"errorName":"4263982640269299","code":"4263982640269299","invalidProperty":"4263982640269299"}]}`)
	for name, steps := range map[string][]http.HandlerFunc{
		"paid": steps(pays), "lost": steps(loses), "declined": steps(echoes), "odd codes": steps(inCode),
		"server error": steps(says(500, "card 4263982640269299")), "portal": steps(says(200, "card 4263982640269299", "Content-Type", "text/html")),
		"not fitting": steps(says(200, `{"transactionId":{"card":"4263982640269299"}}`)),
	} {
		t.Run(name, func(t *testing.T) {
			var seen everywhere
			j := &spy{Memory: journal.NewMemory()}
			logger := slog.New(slog.NewJSONHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
			inWorld(t, steps, func(t *testing.T, w *world) {
				params := curl()
				params.PFToken = "pf-token-of-a-browser"
				_, resp, err := w.client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(2))
				seen.show(resp)
				seen.show(err)
				fmt.Fprintln(&seen, resp.Timeline())
				seen.showAll(err)
				if e := (*bluesnap.Error)(nil); errors.As(err, &e) {
					seen.show(*e)
				}
				time.Sleep(13 * time.Hour)
				for r, err := range w.client.Recover(t.Context()) {
					require.NoError(t, err)
					seen.show(*r)
					seen.show(bluesnap.PendingOperation{
						ID: r.ID, Operation: r.Operation, Ref: r.Ref, Key: r.Key, Since: r.Since,
						Path: r.Path, Query: r.Query, Header: r.Header, Body: r.Body,
					})
				}
				for _, r := range j.seen {
					seen.show(r)
					fmt.Fprintf(&seen, "%s %x\n", r.Sealed, r.Sealed)
				}
				assert.NotEmpty(t, j.seen)
			}, bluesnap.WithJournal(j, "acme"), bluesnap.WithLogger(logger),
				bluesnap.WithObserver(func(e bluesnap.Event) { fmt.Fprintf(&seen, "%+v\n", e.Attempt) }))
			assert.Contains(t, seen.String(), "CreateCardTransaction")
			assert.Contains(t, seen.String(), "call ended")
			for _, secret := range secrets {
				assert.NotContains(t, seen.String(), secret)
			}
			assert.NotContains(t, seen.String(), fmt.Sprintf("%x", "4263982640269299"))
			assert.NotRegexp(t, securityCode, seen.String())
		})
	}
}

func TestErrorsTellByAllowList(t *testing.T) {
	inWorld(t, steps(refuses(400, "14002", "DO_NOT_HONOR")), func(t *testing.T, w *world) {
		_, _, err := w.client.Transactions.Create(t.Context(), curl())
		assert.EqualError(t, err, "bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: rejected by the API")
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "card 4263982640269299 no", e.Messages[0].Description, "for those who may see it")
		var seen everywhere
		for _, v := range []any{*e, *e.Response, e.Messages, e.Messages[0]} {
			seen.show(v)
		}
		assert.NotContains(t, seen.String(), "4263982640269299")
		assert.NotErrorIs(t, err, bluesnap.ErrInsufficientFunds)
		assert.NotErrorIs(t, err, context.Canceled)
	})
}
