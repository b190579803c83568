// Package contract sends every operation through the client to a server: the
// sandbox on a loopback port, or behind a proxy that validates requests and
// responses against gen/openapi.yaml.
package contract

import (
	"flag"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

var baseURL = flag.String("base-url", "", "base URL that leads to a fresh sandbox (empty: one is started)")

type story struct {
	*bardge.Client

	seed sandbox.Seed

	pass, session, firstBooking string // that variants have made
}

func TestThroughProxy(t *testing.T) {
	s := begin(t)
	for _, v := range variants {
		s.sendsOnce(t, v.op, func(t *testing.T) sdktest.Result { return v.call(t, s) })
	}
	for _, op := range sdktest.Operations {
		s.sendsOnce(t, op.ID, func(t *testing.T) sdktest.Result {
			var first sdktest.Result
			if op.Before != nil {
				first = op.Before(t.Context(), s.Client, s.seed)
				require.NoError(t, first.Err)
			}
			d := op.Call(t.Context(), s.Client, s.seed, first.Got)
			assert.NotEmpty(t, d.Got)
			return d
		})
	}
	s.sendsOnce(t, gen.OpConfirmClassBooking, func(t *testing.T) sdktest.Result { // last: it buys visits
		copay := bardge.ConfirmClassParams{CopayPackageID: s.seed.CopayPackageID}
		return sdktest.ResultOf(s.Bookings.ConfirmClass(t.Context(), s.session, copay))
	})
	t.Run("refusals", func(t *testing.T) { refusals(t, s) })
}

// sendsOnce runs a call, which must succeed at its first attempt.
func (s *story) sendsOnce(t *testing.T, op gen.OperationID, call func(t *testing.T) sdktest.Result) {
	t.Helper()
	t.Run(string(op), func(t *testing.T) {
		d := call(t)
		require.NoError(t, d.Err, "response: %s", d.Response.Raw)
		assert.NotEmpty(t, d.Response.RequestID)
		assert.Len(t, d.Response.Attempts, 1)
		assert.Empty(t, d.Response.Drift)
	})
}

// begin makes the client. A sandbox behind a proxy has the seed and API key of
// one that is started here; only the dates differ.
func begin(t *testing.T) *story {
	t.Helper()
	sb := sandbox.Start(t, sandbox.WithStrict(), sandbox.WithPreview())
	base := *baseURL
	if base == "" {
		server := httptest.NewServer(sb.Handler())
		t.Cleanup(server.Close)
		base = server.URL + sandbox.BasePath
	}
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(base))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	seed := sb.Seed
	// The seed of a sandbox that was started before midnight has another day.
	seed.SlotDate = time.Now().UTC().AddDate(0, 0, 10).Format(time.DateOnly)
	return &story{Client: client, seed: seed}
}

// refusals checks that errors match the contract as well.
func refusals(t *testing.T, s *story) {
	_, _, err := s.IssuedPasses.Get(t.Context(), "brgpass_none")
	assert.ErrorIs(t, err, bardge.ErrPassNotFound)
	for _, want := range []error{nil, bardge.ErrAlreadyCancelled} {
		_, _, err = s.Bookings.Cancel(t.Context(), s.firstBooking)
		assert.ErrorIs(t, err, want)
	}
	_, _, err = s.Bookings.BookClass(t.Context(), bardge.BookClassParams{
		ClassInstanceID: s.seed.FullInstanceID, ClientID: s.seed.ClientID,
	})
	assert.ErrorIs(t, err, bardge.ErrClassFull)
}

// docs/inferred.md has a line for each operation whose request is inferred in
// some part: its path, its class, a parameter, or a field of its body. The
// README states how many there are, without the previews.
func TestDocumentsListWhatIsInferred(t *testing.T) {
	page := document(t, "docs/inferred.md")
	listed := operationsIn(page)
	contract := readContract(t)
	var inferred []string
	for _, op := range gen.Operations() {
		if contract.infers(t, op) {
			inferred = append(inferred, string(op.ID)+" "+op.Method+" "+op.Path)
		}
	}
	assert.ElementsMatch(t, inferred, listed)

	_, requests, _ := strings.Cut(page, "\n## Requests\n")
	requests, _, _ = strings.Cut(requests, "\n## ")
	count := regexp.MustCompile(`(\d+) of the \d+ requests`).FindStringSubmatch(requests)
	require.NotNil(t, count)
	assert.Equal(t, strconv.Itoa(len(operationsIn(requests))), count[1])
	assert.Contains(t, strings.Join(strings.Fields(document(t, "README.md")), " "), count[0])
}

var anOperation = regexp.MustCompile("(?m)^\\| (\\w+) \\| `(\\w+ \\S+)` \\|")

func operationsIn(page string) (listed []string) {
	for _, row := range anOperation.FindAllStringSubmatch(page, -1) {
		listed = append(listed, row[1]+" "+row[2])
	}
	return listed
}

func document(t *testing.T, name string) string {
	t.Helper()
	file, err := os.ReadFile("../../" + name)
	require.NoError(t, err)
	return string(file)
}

type contract struct {
	operations map[string]string // by operationId
	components map[string]string // parameters and schemas, by name
}

var (
	aComponent = regexp.MustCompile(`(?m)^ {4}(\w+):\n`)
	aReference = regexp.MustCompile(`#/components/(?:parameters|schemas)/(\w+)`)
)

func readContract(t *testing.T) contract {
	t.Helper()
	paths, components, found := strings.Cut(document(t, "gen/openapi.yaml"), "\ncomponents:\n")
	require.True(t, found)

	c := contract{operations: map[string]string{}, components: map[string]string{}}
	for _, text := range strings.Split(paths, "operationId: ")[1:] {
		id, rest, _ := strings.Cut(text, "\n")
		c.operations[id] = rest
	}
	names := aComponent.FindAllStringSubmatchIndex(components, -1)
	for i, at := range names {
		end := len(components)
		if i+1 < len(names) {
			end = names[i+1][0]
		}
		c.components[components[at[2]:at[3]]] += components[at[0]:end]
	}
	return c
}

// infers reports whether a part of an operation's request is inferred: its own
// text, its parameters or its body's schema. Responses do not count.
func (c contract) infers(t *testing.T, op gen.Operation) bool {
	t.Helper()
	text := c.operations[string(op.ID)]
	require.NotEmpty(t, text, op.ID)
	parts := []string{text}
	for _, name := range aReference.FindAllStringSubmatch(text, -1) {
		require.Contains(t, c.components, name[1])
		parts = append(parts, c.components[name[1]])
	}
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(part, "evidence: inferred") })
}
