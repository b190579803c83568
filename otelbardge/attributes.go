package otelbardge

import (
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
)

// Attributes outside the semantic conventions.
const (
	operationKey   = attribute.Key("bardge.operation")
	outcomeKey     = attribute.Key("bardge.outcome")
	attemptsKey    = attribute.Key("bardge.attempts")
	verdictKey     = attribute.Key("bardge.verdict")
	driftKindKey   = attribute.Key("bardge.drift.kind")
	reasonKey      = attribute.Key("bardge.reason")
	replayedKey    = attribute.Key("bardge.replayed")
	recoveredKey   = attribute.Key("bardge.recovered")
	fromJournalKey = attribute.Key("bardge.from_journal")
	requestIDKey   = attribute.Key("bardge.request_id")
	reusedKey      = attribute.Key("bardge.connection.reused")
	keyAgeKey      = attribute.Key("bardge.key.age_ms")
	waitKey        = attribute.Key("bardge.wait_ms")
)

// target is where an operation's attempts go.
type target struct {
	method   string
	scheme   string
	host     string
	port     int
	template string
}

// targetOf uses the base URL, which the client has checked.
func targetOf(e bardge.Event) target {
	op := gen.OperationID(e.Operation).Operation()
	base, err := url.Parse(e.BaseURL)
	if err != nil {
		base = &url.URL{}
	}
	port, err := strconv.Atoi(base.Port())
	switch {
	case err == nil:
	case base.Scheme == "http":
		port = 80
	default:
		port = 443
	}
	return target{
		method:   op.Method,
		scheme:   base.Scheme,
		host:     base.Hostname(),
		port:     port,
		template: base.EscapedPath() + op.Path,
	}
}

func (t target) server() []attribute.KeyValue {
	return []attribute.KeyValue{semconv.ServerAddress(t.host), semconv.ServerPort(t.port)}
}

func (t target) url() []attribute.KeyValue {
	return []attribute.KeyValue{semconv.URLScheme(t.scheme), semconv.URLTemplate(t.template)}
}

// errorTypeOf is the error.type of an attempt; empty if it had no error.
func errorTypeOf(a bardge.Attempt) string {
	switch {
	case a.Status >= 400:
		return strconv.Itoa(a.Status)
	case a.Verdict == bardge.VerdictDone:
		return ""
	default:
		return token(a.Reason)
	}
}

// errorTypeOfCall is empty if a call returned its value, or was reserved.
func errorTypeOfCall(e bardge.Event) string {
	switch {
	case e.Reason == "", e.Reserved:
		return ""
	case len(e.Attempts) == 0:
		return "not_attempted"
	default:
		return errorTypeOf(lastOf(e.Attempts))
	}
}

func withErrorType(attrs []attribute.KeyValue, errorType string) []attribute.KeyValue {
	if errorType == "" {
		return attrs
	}
	return append(attrs, semconv.ErrorTypeKey.String(errorType))
}

// lastOf returns the last attempt, or the zero value.
func lastOf(attempts []bardge.Attempt) bardge.Attempt {
	if len(attempts) == 0 {
		return bardge.Attempt{}
	}
	return attempts[len(attempts)-1]
}

// token joins fixed words: "refused (stored)" is refused_stored.
func token(words string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(words), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "_")
}
