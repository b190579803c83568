package conformcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/idem/conformance"
)

// kind is a kind of requests.
type kind struct {
	url    string
	body   []byte
	header http.Header
}

// target makes the target that the flags describe.
func (c *command) target(ctx context.Context, text string) (conformance.Target, error) {
	profile, known := profiles()[c.profile]
	if !known {
		return conformance.Target{}, cli.Usage(fmt.Errorf("--profile: %q is not %s", c.profile, profileNames()))
	}
	if c.within <= 0 {
		return conformance.Target{}, cli.Usage(errors.New("--within is not positive"))
	}
	address, err := c.address("URL", text)
	if err != nil {
		return conformance.Target{}, err
	}
	own, err := c.ownRequests(ctx, address)
	if err != nil {
		return conformance.Target{}, err
	}
	if !bytes.Contains(own.body, placeOfNumber) {
		return conformance.Target{}, cli.Usage(errors.New("--body has no {{n}}, which makes each request another one"))
	}
	if profile.KeyField != "" && !isObject(own.body) {
		const reason = "--body is not one JSON object, in which the profile's keys are placed"
		return conformance.Target{}, cli.Usage(errors.New(reason))
	}
	base := time.Now().UnixMilli() * 1000 // a number that no earlier run has used
	t := conformance.Target{Profile: profile, Within: c.within, Request: c.requests(own, base)}
	if _, err := t.Request(1); err != nil {
		return t, cli.Usage(fmt.Errorf("--method: %q is none", c.method))
	}
	if err := c.addOthers(&t, own, base); err != nil {
		return t, err
	}
	err = c.addWitnesses(&t, own, base)
	return t, err
}

// address checks a URL. Credentials go over https, or to this machine.
func (c *command) address(name, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, cli.Usage(fmt.Errorf("%s is not an address such as https://api.example.com/orders", name))
	case u.User != nil || u.Fragment != "":
		return nil, cli.Usage(fmt.Errorf("%s has a user or a fragment", name))
	case isLoopback(u.Hostname()):
		return u, nil
	case u.Scheme != "https":
		return nil, cli.Usage(fmt.Errorf("%s is not https (http is allowed to this machine only)", name))
	case !c.allowWrites:
		return nil, cli.Usage(fmt.Errorf("%s is not on this machine: give --allow-writes to execute requests there; "+
			"nothing was sent", name))
	default:
		return u, nil
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isObject(body []byte) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal(numbered(body, 0), &members) == nil && members != nil
}

var placeOfNumber = []byte("{{n}}")

// numbered replaces the place of the number in a body.
func numbered(body []byte, n int64) []byte {
	return bytes.ReplaceAll(body, placeOfNumber, strconv.AppendInt(nil, n, 10))
}

// ownRequests are the requests that the server executes.
func (c *command) ownRequests(ctx context.Context, address *url.URL) (kind, error) {
	body, err := c.readBody(ctx, c.bodyFile)
	if err != nil {
		return kind{}, err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	for _, text := range c.headers {
		if err := addHeader(header, "--header", text); err != nil {
			return kind{}, err
		}
		if header.Get(c.authHeader) != "" {
			return kind{}, cli.Usage(errors.New("credentials are no flag: see --authorization-file"))
		}
	}
	credentials, err := c.connect.OptionalSecret(c.authorizationFile, "BARDGE_CONFORM_AUTHORIZATION")
	if err != nil {
		return kind{}, err
	}
	return kind{address.String(), body, c.authorized(header, credentials)}, nil
}

// addOthers adds the requests of the checks that need their own.
func (c *command) addOthers(t *conformance.Target, own kind, base int64) error {
	second, err := c.connect.OptionalSecret(c.secondFile, "BARDGE_CONFORM_SECOND_AUTHORIZATION")
	if err != nil {
		return err
	}
	if second != "" {
		t.Second = c.requests(kind{own.url, own.body, c.authorized(own.header, second)}, base)
	}
	if c.refusedFile != "" {
		body, err := c.readBody(context.Background(), c.refusedFile)
		if err != nil {
			return err
		}
		t.Refused = c.requests(kind{own.url, body, own.header}, base)
	}
	if c.otherPath != "" {
		u, err := url.Parse(own.url)
		if err != nil || !strings.HasPrefix(c.otherPath, "/") {
			return cli.Usage(errors.New("--other-path does not begin with /"))
		}
		u.Path, u.RawPath = c.otherPath, ""
		t.Other = c.requests(kind{u.String(), own.body, own.header}, base)
	}
	if c.failingHeader != "" {
		header := own.header.Clone()
		if err := addHeader(header, "--failing-header", c.failingHeader); err != nil {
			return err
		}
		t.Failing = c.requests(kind{own.url, own.body, header}, base)
	}
	return nil
}

// addWitnesses adds what shows that a request was executed.
func (c *command) addWitnesses(t *conformance.Target, own kind, base int64) error {
	header, inHeader := strings.CutPrefix(c.id, "header:")
	switch {
	case inHeader:
		t.ResourceID = conformance.Header(header)
	case c.id != "":
		t.ResourceID = conformance.JSONMember(c.id)
	}
	switch {
	case c.counterURL != "" && c.sandbox != "":
		return cli.Usage(errors.New("give either --counter-url or --sandbox"))
	case c.counterURL != "":
		u, err := c.address("--counter-url", c.counterURL)
		if err != nil {
			return err
		}
		t.Executed = newCounter(u, own).read(conformance.JSONMember(c.counter))
	case c.sandbox != "":
		u, err := c.address("--sandbox", c.sandbox)
		if err != nil {
			return err
		}
		c.steer(t, u, own, base)
	}
	if t.ResourceID == nil && t.Executed == nil {
		return cli.Usage(errors.New("give --id, --counter-url or --sandbox: without them nothing shows what was " +
			"executed"))
	}
	return nil
}

// requests makes requests of a kind. Their numbers follow base.
func (c *command) requests(k kind, base int64) conformance.Requests {
	return func(n int) (*http.Request, error) {
		body := numbered(k.body, base+int64(n))
		r, err := http.NewRequestWithContext(context.Background(), c.method, k.url, bytes.NewReader(body))
		if err == nil {
			r.Header = k.header.Clone()
		}
		return r, err
	}
}

// maxBody bounds a body that is read from a file.
const maxBody = 1 << 20

func (c *command) readBody(ctx context.Context, file string) ([]byte, error) {
	if file == "-" {
		return c.app.ReadInput(ctx)
	}
	info, err := os.Stat(file)
	if err == nil && info.Size() > maxBody {
		return nil, cli.Usage(fmt.Errorf("%s is longer than %d MiB", file, maxBody>>20))
	}
	text, err := os.ReadFile(file) //nolint:gosec // the user names the file
	if err != nil {
		return nil, cli.Usage(err)
	}
	return text, nil
}

func (c *command) authorized(header http.Header, credentials string) http.Header {
	header = header.Clone()
	if credentials != "" {
		header.Set(c.authHeader, credentials)
	}
	return header
}

func addHeader(header http.Header, flag, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return cli.Usage(fmt.Errorf("%s is NAME=VALUE", flag))
	}
	header.Set(name, value)
	return nil
}
