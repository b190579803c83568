package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/internal/jsontree"
)

const (
	maxBody  = 1 << 16          // bytes
	bodyTime = 10 * time.Second // for a client to send it
)

// failure is an error with its status.
type failure struct {
	status  int
	code    string
	message string
}

func (f *failure) Error() string { return f.message }

// invalid is the failure of a request that makes no sense.
func invalid(format string, args ...any) error {
	return &failure{http.StatusBadRequest, "invalid", fmt.Sprintf(format, args...)}
}

// problem is the body of every error.
type problem struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func fail(w http.ResponseWriter, status int, code, message string) {
	var body problem
	body.Error.Code, body.Error.Message = code, strings.ToValidUTF8(message, "\uFFFD")
	answer(w, status, body)
}

func failWith(w http.ResponseWriter, err error) {
	if known, ok := errors.AsType[*failure](err); ok {
		fail(w, known.status, known.code, known.message)
		return
	}
	fail(w, http.StatusBadRequest, "invalid", strings.TrimPrefix(err.Error(), "sandbox: "))
}

func answer(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":{"code":"internal","message":"not encodable"}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may have gone
}

// plain answers a request that has neither parameters nor a body.
func plain(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := checkPlain(r); err != nil {
			failWith(w, err)
			return
		}
		next(w, r)
	}
}

// reads does so with a value.
func reads[Out any](do func(*http.Request) (Out, error)) http.HandlerFunc {
	return plain(func(w http.ResponseWriter, r *http.Request) {
		out, err := do(r)
		respond(w, out, err)
	})
}

// selects answers a request that has parameters and no body.
func selects[Out any](do func(params) (Out, error), named ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		read, err := readParams(r, named...)
		if err == nil {
			err = checkNoBody(r)
		}
		var out Out
		if err == nil {
			out, err = do(read)
		}
		respond(w, out, err)
	}
}

func respond(w http.ResponseWriter, out any, err error) {
	if err != nil {
		failWith(w, err)
		return
	}
	answer(w, http.StatusOK, out)
}

// takes answers a request with a JSON object.
func takes[In, Out any](do func(*http.Request, In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in, err := decode[In](w, r)
		var out Out
		if err == nil {
			out, err = do(r, in)
		}
		respond(w, out, err)
	}
}

// decode reads a JSON object in the time and size that are allowed. No body at
// all is an empty object. A request with a body has no parameters.
func decode[In any](w http.ResponseWriter, r *http.Request) (in In, err error) {
	if _, err := readParams(r); err != nil {
		return in, err
	}
	wire := http.NewResponseController(w)
	_ = wire.SetReadDeadline(time.Now().Add(bodyTime)) // not every server has deadlines
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil { // else net/http, which reads the rest of a body, would wait for it
		_ = wire.SetReadDeadline(time.Time{})
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return in, &failure{
			http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("The body has more than %d bytes.", maxBody),
		}
	case err != nil:
		return in, invalid("The body could not be read.")
	case len(body) == 0:
		return in, nil
	case mediaType(r) != "application/json":
		return in, &failure{http.StatusUnsupportedMediaType, "not_json", "The Content-Type must be application/json."}
	}
	err = unmarshal(body, &in)
	return in, err
}

func mediaType(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}

// unmarshal decodes one JSON object strictly.
func unmarshal(body []byte, in any) error {
	_, err := jsontree.Decode(body, in)
	wrong, known := errors.AsType[*jsontree.Error](err)
	switch {
	case err == nil:
		return nil
	case !known:
		return invalid("The body is not right: %s.", strings.TrimPrefix(err.Error(), "json: "))
	default:
		return invalid("%s.", wrong.In("The body"))
	}
}

// span is a length of time in JSON, as text: "91s".
type span time.Duration

// UnmarshalJSON reads "91s" or "1h30m".
func (s *span) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New(`a length of time is text such as "91s"`)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is no length of time such as \"91s\"", text)
	}
	*s = span(d)
	return nil
}

// MarshalJSON writes "1m31s".
func (s span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).String()) }
