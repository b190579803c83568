package bardge

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/internal/wire"
)

// Drift is one difference between a response and the contract, in names and
// kinds, never a value.
type Drift = idem.Drift

// DriftKind is a kind of difference.
type DriftKind = idem.DriftKind

// The kinds of drift; see package idem.
const (
	DriftUnknownField = idem.DriftUnknownField
	DriftMissingField = idem.DriftMissingField
	DriftType         = idem.DriftType
	DriftItem         = idem.DriftItem
	DriftValue        = idem.DriftValue
	DriftTag          = idem.DriftTag
	DriftCode         = idem.DriftCode
	DriftErrorType    = idem.DriftErrorType
	DriftStatus       = idem.DriftStatus
	DriftHeader       = idem.DriftHeader
	DriftContentType  = idem.DriftContentType
)

func driftError(found []wire.Drift) idem.DriftError {
	all := make(idem.DriftError, len(found))
	for i, d := range found {
		all[i] = Drift{Kind: DriftKind(d.Kind), Path: d.Path, Field: d.Field, Want: d.Want, Got: d.Got}
	}
	return all
}

const contentTypeHeader = "Content-Type"

// inspector holds responses against the contract. It hides credentials in names
// that came, which a server may repeat.
type inspector func(text string) string

// inspect returns all drift of a call: statuses are of any attempt, the rest of
// the last response, and only if it is the API's own.
func (i inspector) inspect(in idem.Inspection) []Drift {
	drift := statusDrift(in.Operation, in.Attempts)
	statuses, a := len(drift), in.Response
	switch {
	case a == nil:
		drift = append(drift, in.Drift...)
	case !isOwn(in):
	case in.Cut: // which shows nothing of the body that was sent
		drift = append(drift, headerDrift(a)...)
	default:
		drift = append(append(drift, in.Drift...), bodyDrift(in.Operation, a)...)
		drift = append(drift, headerDrift(a)...)
	}
	for n := statuses; n < len(drift); n++ {
		d := &drift[n]
		d.Path, d.Field, d.Got = i(d.Path), i(d.Field), i(d.Got)
	}
	return drift
}

// statusDrift lists each undocumented status once.
func statusDrift(op *idem.Operation, attempts []idem.Attempt) (drift []Drift) {
	for _, a := range attempts {
		if a.Status == 0 || slices.Contains(op.Success, a.Status) || slices.Contains(errorStatuses, a.Status) {
			continue
		}
		one := undocumented(a.Status)
		switch {
		case drift == nil:
			drift = one
		case !slices.Contains(drift, one[0]):
			drift = append(drift, one...)
		}
	}
	return drift
}

// lastStatus is the last one that HTTP can have.
const lastStatus = 999

// statusDrifts are the drift of statuses, made when each is first seen: many
// calls are repeated after the same one, such as 503.
var statusDrifts [lastStatus + 1]atomic.Pointer[[1]Drift]

// undocumented is the drift of a status, which calls share: it is not changed,
// and what is appended to it goes elsewhere.
func undocumented(status int) []Drift {
	if status < 0 || status > lastStatus { // a transport of the caller's brought it
		return []Drift{newStatusDrift(status)}
	}
	known := statusDrifts[status].Load()
	if known == nil {
		known = &[1]Drift{newStatusDrift(status)}
		statusDrifts[status].Store(known)
	}
	return known[:1:1]
}

func newStatusDrift(status int) Drift {
	return Drift{Kind: DriftStatus, Path: "status", Got: strconv.Itoa(status)}
}

// isOwn reports whether a response is the API's own: it shows an execution, has
// the API's error object, or is JSON or empty with the API's request id.
func isOwn(in idem.Inspection) bool {
	a := in.Response
	return in.Executed || a.Status >= http.StatusMultipleChoices && vendorError(a.Body).Code != "" ||
		a.Header.Get(requestIDHeader) != "" && (len(a.Body) == 0 || jsonKind(a.Body) != "")
}

// jsonKind names the type of a document that begins as JSON; "" for others.
func jsonKind(body []byte) string {
	switch text := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\ufeff")), " \t\r\n"); {
	case len(text) == 0:
		return ""
	case text[0] == '{':
		return "object"
	case text[0] == '[':
		return "array"
	case text[0] == '"':
		return "string"
	default:
		return ""
	}
}

// bodyDrift lists the drift of an error, and of a body that is no object.
func bodyDrift(op *idem.Operation, a *idem.Response) []Drift {
	kind := jsonKind(a.Body)
	_, modelled := rows[gen.OperationID(op.Name)]
	if modelled && kind != "object" && (kind != "" || len(a.Body) == 0) && a.Status != http.StatusNoContent {
		return []Drift{{Kind: DriftType, Want: "object", Got: kind}}
	}
	if slices.Contains(op.Success, a.Status) || a.Status < http.StatusBadRequest {
		return nil
	}
	found, list, err := parseErrorResponse(a.Body)
	if err != nil || list == nil {
		return nil
	}
	drift := []Drift(driftError(list))
	for n := range drift {
		d := &drift[n]
		switch {
		case d.Kind == DriftValue && d.Path == "error.code":
			d.Kind, d.Got = DriftCode, identifier(string(found.Error.Code))
		case d.Kind == DriftValue && d.Path == "error.type":
			d.Kind, d.Got = DriftErrorType, identifier(string(found.Error.Type))
		}
	}
	return drift
}

// headerDrift lists the drift of the headers that each response has. An empty
// body has no type.
func headerDrift(a *idem.Response) (drift []Drift) {
	h := a.Header
	if id := h[requestIDHeader]; len(id) == 0 || id[0] == "" {
		drift = append(drift, Drift{Kind: DriftHeader, Path: requestIDHeader})
	}
	if mark, marked := h[replayHeader]; marked && !strings.EqualFold(strings.TrimSpace(mark[0]), replayValue) {
		drift = append(drift, Drift{Kind: DriftHeader, Path: replayHeader})
	}
	if media := h[contentTypeHeader]; len(a.Body) > 0 && (len(media) == 0 || media[0] != jsonMedia) {
		if kind, _, _ := mime.ParseMediaType(h.Get(contentTypeHeader)); kind != jsonMedia {
			drift = append(drift, Drift{
				Kind: DriftContentType, Path: contentTypeHeader, Want: jsonMedia, Got: mediaName(kind),
			})
		}
	}
	return drift
}

const jsonMedia = "application/json"

// mediaName returns a media type if it is one of those that servers write.
func mediaName(kind string) string {
	_, sub, ok := strings.Cut(kind, "/")
	if ok && identifier(strings.ReplaceAll(sub, "+", "-")) != "" && len(kind) < maxIdentifier {
		return kind
	}
	return ""
}

const maxIdentifier = 64

// identifier returns a text that is a name such as error codes are, else "".
func identifier(text string) string {
	for i := range len(text) {
		b := text[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_-.", rune(b))) {
			return ""
		}
	}
	if len(text) > maxIdentifier {
		return ""
	}
	return text
}
