package scenarios

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/journal"
)

var secrets = append(leaks.Base64("4263982640269299"),
	"4263982640269299", sdktest.Password, base64.StdEncoding.EncodeToString([]byte(sdktest.Username+":"+sdktest.Password)),
	"test last name", "pf-token-of-a-browser",
)

// securityCode is the card's, beside a quote or as a value of any kind: three
// digits alone are in random names, at whose end no quote counts, and in what
// is sealed.
var securityCode = regexp.MustCompile(`[^0-9a-f]837"|\\"837|["':=>( ]837[\\"',})<\s]`)

func TestR23_ACardIsFoundAtEachPlaceOfAText(t *testing.T) {
	for _, before := range []string{"", "{", `{"`} {
		text := base64.StdEncoding.EncodeToString([]byte(before + `4263982640269299"}`))
		assert.True(t, slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(text, s) }), text)
	}
}

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

func show(seen io.Writer, v any) {
	text, err := json.Marshal(v)
	fmt.Fprintln(seen, sdktest.Printed(v), string(text), err)
}

func TestR23_NothingPersonalIsSeenAnywhere(t *testing.T) {
	echoes := sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR") // repeats the card's number in its description
	inCode := sdktest.Respond(400, `{"message":[{"errorName":"4263982640269299","code":"4263982640269299","invalidProperty":"4263982640269299"}]}`)
	for name, steps := range map[string]sdktest.Script{
		"paid": {sdktest.Pay}, "lost": {sdktest.Lose}, "declined": {echoes}, "odd codes": {inCode},
		"server error": {sdktest.Respond(500, "card 4263982640269299")}, "portal": {sdktest.Respond(200, "card 4263982640269299", "Content-Type", "text/html")},
		"not fitting": {sdktest.Respond(200, `{"transactionId":{"card":"4263982640269299"}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			var seen sdktest.Buffer
			j := &spy{Memory: journal.NewMemory()}
			logger := slog.New(slog.NewJSONHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
			sdktest.WithBlueSnap(t, steps, func(t *testing.T, s *sdktest.BlueSnap) {
				params := sdktest.Payment()
				params.PFToken = "pf-token-of-a-browser"
				_, resp, err := s.Client.Transactions.Create(t.Context(), params, bluesnap.WithRef("order-17"), bluesnap.WithMaxAttempts(2))
				show(&seen, resp)
				show(&seen, err)
				fmt.Fprintln(&seen, resp.Timeline())
				sdktest.Errors(err, func(e error) { show(&seen, e) })
				if e := (*bluesnap.Error)(nil); errors.As(err, &e) {
					show(&seen, *e)
				}
				time.Sleep(13 * time.Hour)
				for r, err := range s.Client.Recover(t.Context()) {
					require.NoError(t, err)
					show(&seen, *r)
					show(&seen, bluesnap.PendingOperation{
						ID: r.ID, Operation: r.Operation, Ref: r.Ref, Key: r.Key, Since: r.Since,
						Path: r.Path, Query: r.Query, Header: r.Header, Body: r.Body,
					})
				}
				for _, r := range j.seen {
					show(&seen, r)
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

func TestErrorsPrintByAllowList(t *testing.T) {
	sdktest.WithBlueSnap(t, sdktest.Script{sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR")}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, _, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
		assert.EqualError(t, err, "bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: rejected by the API")
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "card 4263982640269299 no", e.Messages[0].Description, "for those who may see it")
		var seen sdktest.Buffer
		for _, v := range []any{*e, *e.Response, e.Messages, e.Messages[0]} {
			show(&seen, v)
		}
		assert.NotContains(t, seen.String(), "4263982640269299")
		assert.NotErrorIs(t, err, bluesnap.ErrInsufficientFunds)
		assert.NotErrorIs(t, err, context.Canceled)
	})
}

var testBasic = base64.StdEncoding.EncodeToString([]byte(sdktest.Username + ":" + sdktest.Password))

func hidesCredentials(t *testing.T, text string) {
	t.Helper()
	assert.NotContains(t, text, sdktest.Password)
	assert.NotContains(t, text, testBasic)
}

func TestR23_WhoRepeatsTheCredentialsIsRedacted(t *testing.T) {
	echo := sdktest.Respond(401, `{"message":[{"errorName":"`+testBasic+`","code":"14002","description":"bad password `+sdktest.Password+`"}]}`)
	sdktest.WithBlueSnap(t, sdktest.Script{echo}, func(t *testing.T, s *sdktest.BlueSnap) {
		_, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment(), bluesnap.WithMaxAttempts(1))
		var e *bluesnap.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "bad password [redacted]", e.Messages[0].Description)
		assert.Contains(t, err.Error(), `"bad password [redacted]"`)
		assert.Contains(t, string(resp.Raw), sdktest.Password, "Raw is what came")
		e.Response.Raw, e.Response.Header = nil, nil
		sdktest.Report(err, func(text string) { hidesCredentials(t, text) })
	}, bluesnap.WithVerboseErrors())
}

func TestR23_TheTransportRedactsTheCredentialsOfItsRequest(t *testing.T) {
	rt := bluesnap.NewTransport(sdktest.Echo{}, bluesnap.WithRetryPolicy(bluesnap.RetryPolicy{MaxAttempts: 1}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, bluesnap.ProductionURL+"/services/2/transactions", strings.NewReader("{}"))
	require.NoError(t, err)
	req.SetBasicAuth(sdktest.Username, sdktest.Password)
	resp, err := rt.RoundTrip(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorAs(t, err, new(*bluesnap.Error))
	sdktest.Report(err, func(text string) { hidesCredentials(t, text) })
}

func TestVerboseErrorsShowTheDescriptionWithoutCards(t *testing.T) {
	for verbose, opts := range map[bool][]bluesnap.Option{false: nil, true: {bluesnap.WithVerboseErrors()}} {
		sdktest.WithBlueSnap(t, sdktest.Script{sdktest.RefuseWith(400, "14002", "DO_NOT_HONOR")}, func(t *testing.T, s *sdktest.BlueSnap) {
			value, resp, err := s.Client.Transactions.Create(t.Context(), sdktest.Payment())
			e := sdktest.BlueSnapErrorOf(t, value, resp, err)
			want := "bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: re"
			if verbose {
				want = `bluesnap: CreateCardTransaction: rejected: 400 14002 DO_NOT_HONOR: "card [redacted] no": re`
			}
			assert.True(t, strings.HasPrefix(e.Error(), want), e.Error())
			assert.Equal(t, "card 4263982640269299 no", e.Messages[0].Description)
		}, opts...)
	}
}
