package live

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bardge/bardge-go/internal/sandboxserver/control"
)

const (
	callTime  = 5 * time.Second // for one response
	maxAnswer = 16 << 20        // bytes
	maxLine   = 1 << 16         // bytes, of the stream
)

// Sandbox calls the control API of a running sandbox. Make one with [New].
type Sandbox struct {
	origin string // "http://127.0.0.1:8787"
	http   *http.Client

	known atomic.Pointer[constants]
	since atomic.Uint64 // where the ledger's last lines began when they were read
}

// New returns the sandbox at a URL: its base URL, its control API's, or only its
// origin. A nil client is http.DefaultClient. It sends nothing.
func New(address string, client *http.Client) (*Sandbox, error) {
	at, err := url.Parse(address)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a sandbox, such as http://127.0.0.1:8787", address)
	}
	if client == nil {
		client = http.DefaultClient
	}
	return &Sandbox{origin: at.Scheme + "://" + at.Host, http: client}, nil
}

// Check fails unless a sandbox with a control API answers.
func (s *Sandbox) Check(ctx context.Context) error {
	if _, err := get[control.Guide](ctx, s, "guide"); err != nil {
		return fmt.Errorf("no sandbox with a control API answers at %s: %w", s.origin, err)
	}
	return nil
}

// get reads a part of the control API.
func get[Out any](ctx context.Context, s *Sandbox, path string) (out Out, err error) {
	answer, err := s.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return out, fmt.Errorf("the response to %s cannot be read", path)
	}
	return out, nil
}

// steer changes something; a nil body is none.
func (s *Sandbox) steer(ctx context.Context, method, path string, body any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	_, err := s.call(ctx, method, path, sent)
	return err
}

func (s *Sandbox) call(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	resp, err := s.open(ctx, method, path, body, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, errors.New("its response was cut")
	}
	if resp.StatusCode != http.StatusOK {
		return nil, newRefusal(resp.StatusCode, answer)
	}
	return answer, nil
}

// open makes a request. The caller closes the response's body.
func (s *Sandbox) open(
	ctx context.Context, method, path string, body io.Reader, header http.Header,
) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.origin+control.Prefix+path, body)
	if err != nil {
		return nil, err
	}
	maps.Copy(r.Header, header)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.http.Do(r)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		err = failed.Err // without the URL
	}
	return resp, err
}

// refusal is the control API's error, in its own words.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func newRefusal(status int, answer []byte) *refusal {
	var problem struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(answer, &problem) == nil && problem.Error.Message != "" {
		return &refusal{status, problem.Error.Message}
	}
	return &refusal{status, fmt.Sprintf("it answers %d, so it has no control API", status)}
}

// follow reads the ledger's stream until it ends, and calls changed for each
// request that has ended. It returns the id of the last one, to go on from.
func (s *Sandbox) follow(ctx context.Context, last string, changed func()) string {
	header := http.Header{"Accept": {"text/event-stream"}}
	if last != "" {
		header.Set("Last-Event-ID", last)
	}
	resp, err := s.open(ctx, http.MethodGet, "ledger/stream", nil, header)
	if err != nil {
		return last
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode != http.StatusOK {
		return "" // as after a restart, which begins events anew
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	for lines.Scan() {
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
			last = id
		}
		if lines.Text() == "" {
			changed()
		}
	}
	return last
}
