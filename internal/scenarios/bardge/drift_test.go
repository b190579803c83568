package scenarios

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

const wholePass = `{"object":"issued_pass","id":"p1","passcode":"s3cret","status":"active","categories":[],` +
	`"created":1746700000000,"client_id":"c","transaction_id":"t","tx_ref":"r","pass_id":"p","pass_name":"n",` +
	`"start_date":1746700000000,"expires_at":1777636800000}`

func asJSON(status int, body string, header ...string) http.HandlerFunc {
	return sdktest.Respond(status, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

func errorOf(kind, code string) string {
	return `{"error":{"type":"` + kind + `","code":"` + code + `","message":"m","request_id":"r"}}`
}

func TestDriftOfStatusesCodesAndHeaders(t *testing.T) {
	known := errorOf("invalid_request_error", "validation_error")
	for name, row := range map[string]struct {
		script sdktest.Script
		want   []bardge.Drift
	}{
		"nothing differs":         {sdktest.Script{asJSON(201, wholePass)}, nil},
		"a documented error":      {sdktest.Script{asJSON(400, known)}, nil},
		"another media parameter": {sdktest.Script{sdktest.Respond(201, wholePass, "Content-Type", "application/json; charset=utf-8")}, nil},
		"a status of any attempt": {
			sdktest.Script{sdktest.Respond(502, "<html>", "Content-Type", "text/html"), asJSON(201, wholePass)},
			[]bardge.Drift{{Kind: bardge.DriftStatus, Path: "status", Got: "502"}},
		},
		"a status of each attempt": {
			sdktest.Script{asJSON(429, known), asJSON(429, known), asJSON(418, known)},
			[]bardge.Drift{{Kind: bardge.DriftStatus, Path: "status", Got: "429"}, {Kind: bardge.DriftStatus, Path: "status", Got: "418"}},
		},
		"an unknown code": {
			sdktest.Script{asJSON(400, errorOf("invalid_request_error", "pass_frozen"))},
			[]bardge.Drift{{Kind: bardge.DriftCode, Path: "error.code", Field: "ErrorDetail.code", Got: "pass_frozen"}},
		},
		"a code that is no identifier": {
			sdktest.Script{asJSON(400, errorOf("invalid_request_error", "s3cret code"))},
			[]bardge.Drift{{Kind: bardge.DriftCode, Path: "error.code", Field: "ErrorDetail.code"}},
		},
		"an unknown type of error": {
			sdktest.Script{asJSON(400, errorOf("card_error", "validation_error"))},
			[]bardge.Drift{{Kind: bardge.DriftErrorType, Path: "error.type", Field: "ErrorDetail.type", Got: "card_error"}},
		},
		"fields of an error": {
			sdktest.Script{asJSON(400, `{"error":{"type":"api_error","code":"validation_error","message":"s3cret","more":1}}`)},
			[]bardge.Drift{
				{Kind: bardge.DriftUnknownField, Path: "error.more", Field: "ErrorDetail.more", Got: "integer"},
				{Kind: bardge.DriftMissingField, Path: "error.request_id", Field: "ErrorDetail.request_id", Want: "string"},
			},
		},
		"no request id": {
			sdktest.Script{asJSON(201, wholePass, "Bardge-Request-Id", "")},
			[]bardge.Drift{{Kind: bardge.DriftHeader, Path: "Bardge-Request-Id"}},
		},
		"a mark that is not true": {
			sdktest.Script{asJSON(201, wholePass, "X-Idempotent-Replayed", "s3cret")},
			[]bardge.Drift{{Kind: bardge.DriftHeader, Path: "X-Idempotent-Replayed"}},
		},
		"another media type": {
			sdktest.Script{sdktest.Respond(201, wholePass, "Content-Type", "text/plain; charset=s3cret")},
			[]bardge.Drift{{Kind: bardge.DriftContentType, Path: "Content-Type", Want: "application/json", Got: "text/plain"}},
		},
		"another JSON type": {
			sdktest.Script{asJSON(201, `["s3cret"]`), asJSON(201, `["s3cret"]`), asJSON(201, `["s3cret"]`)},
			[]bardge.Drift{{Kind: bardge.DriftType, Want: "object", Got: "array"}},
		},
		"a gateway's page": {
			sdktest.Script{sdktest.Respond(403, "<html>s3cret</html>", "Bardge-Request-Id", "", "Content-Type", "text/html")}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var event bardge.Event
			sdktest.WithBardge(t, row.script, func(t *testing.T, s *sdktest.Bardge) {
				_, resp, _ := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(3))
				assert.Equal(t, row.want, resp.Drift)
				assert.Equal(t, row.want, event.Drift, "the last event has it")
			}, bardge.WithObserver(func(e bardge.Event) { event = e }))
		})
	}
}

// A name that came from the server may be the key, which it repeats.
func TestR23_DriftDoesNotRepeatTheAPIKey(t *testing.T) {
	body := wholePass[:len(wholePass)-1] + `,"` + sdktest.APIKey + `":1}`
	sdktest.WithBardge(t, sdktest.Script{asJSON(201, body)}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
		require.NoError(t, err)
		require.Len(t, resp.Drift, 1)
		assert.NotContains(t, resp.Drift[0].String(), sdktest.APIKey)
	})
}

func TestAnIncompleteResponseHasItsDrift(t *testing.T) {
	body := `{"object":"issued_pass","pass":"s3cret"}`
	sdktest.WithBardge(t, sdktest.Script{asJSON(201, body)}, func(t *testing.T, s *sdktest.Bardge) {
		_, resp, err := s.Client.IssuedPasses.Issue(t.Context(), somePass, bardge.WithMaxAttempts(1))
		require.ErrorIs(t, err, bardge.ErrResponseIncomplete)
		assert.Contains(t, resp.Drift, bardge.Drift{Kind: bardge.DriftUnknownField, Path: "pass", Field: "IssuedPass.pass", Got: "string"})
		assert.Contains(t, resp.Drift, bardge.Drift{Kind: bardge.DriftMissingField, Path: "id", Field: "IssuedPass.id", Want: "string"})
		assert.NotContains(t, err.Error(), "IssuedPass.pass", "the error names what is essential alone")
	})
}

func TestTheLogHasTheFirstDrift(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	body := `{"object":"issued_pass","id":"p1","s3cret name":1}`
	sdktest.WithBardge(t, sdktest.Script{asJSON(201, body)}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.IssuedPasses.Issue(t.Context(), somePass)
		require.NoError(t, err)
		assert.Contains(t, log.String(), "missing field: IssuedPass.status want string")
		assert.Contains(t, log.String(), "and 7 more")
		assert.NotContains(t, log.String(), "s3cret")
		assert.NotContains(t, log.String(), "level=WARN")
	}, bardge.WithLogger(logger))
}

func TestItemsLeftOutAreAWarning(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	body := `{"object":"list","has_more":false,"data":[{"name":"n"},{"id":"p"}]}`
	sdktest.WithBardge(t, sdktest.Script{asJSON(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
		_, _, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{})
		require.NoError(t, err)
		assert.Contains(t, log.String(), "level=WARN")
		assert.Contains(t, log.String(), "item left out: Pass.id at data[0] want string")
	}, bardge.WithLogger(logger))
}
