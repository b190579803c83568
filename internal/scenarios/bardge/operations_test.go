package scenarios

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

func overSockets(t *testing.T) (*sandbox.Sandbox, *bardge.Client) {
	t.Helper()
	sb := sandbox.Start(t, sandbox.WithPreview())
	server := httptest.NewServer(sb.Handler())
	t.Cleanup(server.Close)
	client, err := bardge.New(sb.APIKey, bardge.WithBaseURL(server.URL+sandbox.BasePath),
		bardge.WithRetryPolicy(bardge.RetryPolicy{BaseDelay: time.Millisecond, MaxDelay: 10 * time.Millisecond}))
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return sb, client
}

func run(t *testing.T, o sdktest.Operation, fault sandbox.Fault) (*sandbox.Sandbox, sdktest.Result) {
	t.Helper()
	sb, client := overSockets(t)
	var id string
	if o.Before != nil {
		first := o.Before(t.Context(), client, sb.Seed)
		require.NoError(t, first.Err)
		require.NotEmpty(t, first.Got)
		id = first.Got
	}
	sb.Next(o.ID, fault)
	return sb, o.Call(t.Context(), client, sb.Seed, id)
}

func TestEveryOperationIsInTheTable(t *testing.T) {
	var want, have []sandbox.Operation
	for _, op := range gen.Operations() {
		want = append(want, op.ID)
	}
	for _, op := range sdktest.Operations {
		have = append(have, op.ID)
	}
	require.Len(t, want, 34)
	assert.ElementsMatch(t, want, have)
}

func TestEveryOperationSurvivesALostAnswer(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.LoseResponse, sandbox.CutResponse, sandbox.ProxyPageAfter(504)} {
		for _, op := range sdktest.Operations {
			t.Run(string(op.ID)+" "+string(fault), func(t *testing.T) {
				sb, d := run(t, op, fault)
				switch op.ID.Operation().Class {
				case gen.RetryClassSafe:
					require.NoError(t, d.Err)
					assert.NotEmpty(t, d.Got)
					assert.Equal(t, 2, sb.Requests(op.ID))
				case gen.RetryClassKeyed:
					require.NoError(t, d.Err)
					assert.NotEmpty(t, d.Got)
					assert.True(t, d.Response.Replayed)
					assert.Equal(t, 2, sb.Requests(op.ID))
					assert.Equal(t, 1, sb.Executed(op.ID))
				case gen.RetryClassIdempotent:
					require.NoError(t, d.Err)
					assert.NotEmpty(t, d.Got)
					assert.True(t, d.Response.Recovered)
					assert.Equal(t, 1, sb.Executed(op.ID))
				default:
					require.Error(t, d.Err)
					want := bardge.OutcomeUnknown
					if fault == sandbox.CutResponse {
						want = bardge.OutcomeDone // the status said so
						assert.ErrorIs(t, d.Err, bardge.ErrResponseLost)
					}
					assert.Equal(t, want, bardge.OutcomeOf(d.Err))
					assert.Equal(t, 1, sb.Requests(op.ID), "not repeated")
				}
			})
		}
	}
}

func TestEveryOperationSurvivesARequestThatIsNotExecuted(t *testing.T) {
	for _, fault := range []sandbox.Fault{sandbox.ResetBefore, sandbox.Unavailable(0), sandbox.TooMany(0)} {
		for _, op := range sdktest.Operations {
			t.Run(string(op.ID)+" "+string(fault), func(t *testing.T) {
				sb, d := run(t, op, fault)
				if op.ID.Operation().Class == gen.RetryClassKeyUnverified && fault != sandbox.TooMany(0) {
					assert.Equal(t, bardge.OutcomeUnknown, bardge.OutcomeOf(d.Err))
					assert.Zero(t, sb.Executed(op.ID))
					return
				}
				require.NoError(t, d.Err)
				assert.NotEmpty(t, d.Got)
				assert.Equal(t, 1, sb.Executed(op.ID))
				assert.Equal(t, 2, sb.Requests(op.ID))
			})
		}
	}
}

var (
	issuePass    = mutations[sandbox.IssuePass]
	updateExpiry = mutations[sandbox.UpdateIssuedPassExpiry]
	accessCode   = mutations[sandbox.GenerateAccessCode]
	orderSpa     = mutations[sandbox.BookSpa]
	confirmSpa   = mutations[sandbox.ConfirmSpaBooking]
	confirmClass = mutations[sandbox.ConfirmClassBooking]
	buyCredits   = mutations[sandbox.PurchaseCredits]
	orderClass   = mutations[sandbox.BookClass]
)

var mutations = ordersOf(gen.RetryClassKeyed, gen.RetryClassKeyUnverified)

func ordersOf(classes ...gen.RetryClass) map[sandbox.Operation]sdktest.Order {
	orders := map[sandbox.Operation]sdktest.Order{}
	for _, op := range gen.Operations() {
		if slices.Contains(classes, op.Class) {
			orders[op.ID] = sdktest.OrderOf(op.ID)
		}
	}
	return orders
}

func orderInstance(id string) sdktest.Order {
	return func(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
		_, resp, err := c.Bookings.BookClass(s.T.Context(), bardge.BookClassParams{
			ClassInstanceID: id, ClientID: s.Seed.ClientID,
		}, opts...)
		return resp, err
	}
}

func cancelBooking(s *sdktest.Sandbox, c *bardge.Client, opts ...bardge.CallOption) (*bardge.Response, error) {
	_, resp, err := c.Bookings.Cancel(s.T.Context(), "booking_0001", opts...)
	return resp, err
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var examples = map[string]any{
	"pass.json":                     bardge.Pass{},
	"pass_list.json":                bardge.List[bardge.Pass]{},
	"issued_pass.json":              bardge.IssuedPass{},
	"book_class_request.json":       bardge.BookClassParams{},
	"class_booking_initiation.json": bardge.ClassBooking{},
	"confirm_class_request.json":    bardge.ConfirmClassParams{},
	"class_booking.json":            bardge.Booking{},
	"spa_booking.json":              bardge.Booking{},
	"client_credits.json":           bardge.ClientCredits{},
}

// A program may store a model, and read what Recover returns, with
// encoding/json.
func TestModelsAreReadAndWrittenAsTheAPIDoes(t *testing.T) {
	for file, model := range examples {
		t.Run(file, func(t *testing.T) {
			example, err := os.ReadFile(filepath.Join("..", "..", "..", "gen", "testdata", file))
			require.NoError(t, err)
			read := reflect.New(reflect.TypeOf(model))
			require.NoError(t, json.Unmarshal(example, read.Interface()))
			for _, v := range []any{read.Interface(), read.Elem().Interface()} {
				written, err := json.Marshal(v)
				require.NoError(t, err)
				assert.JSONEq(t, string(example), string(written))
			}
		})
	}
}

func TestTimesOfModelsInJSON(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 123e6, time.UTC)
	for want, model := range map[string]any{
		`{"expires_at":1777636800123}`:       bardge.UpdateIssuedPassExpiryParams{ExpiresAt: at},
		`{}`:                                 bardge.UpdateIssuedPassExpiryParams{},
		`{"id":"<b1>","created":1777636800}`: bardge.Booking{ID: "<b1>", Created: at},
		`{"data":[{"id":"p1","created":1777636800123}],"has_more":false}`: bardge.List[bardge.Pass]{Data: []bardge.Pass{{ID: "p1", Created: at}}},
	} {
		text, err := json.Marshal(model)
		require.NoError(t, err)
		assert.JSONEq(t, want, string(text))
	}

	kept := bardge.Booking{ID: "b1", Created: at}
	require.NoError(t, json.Unmarshal([]byte(`{"date":"2026-05-01","scheduled_for":"2026-05-01T12:00:00Z"}`), &kept))
	assert.Equal(t, bardge.Booking{ID: "b1", Created: at, Date: "2026-05-01", ScheduledFor: at.Truncate(time.Second)}, kept)
	require.NoError(t, json.Unmarshal([]byte(`{"created":null}`), &kept))
	assert.Equal(t, at, kept.Created, "null leaves a time as it was")
	assert.Error(t, json.Unmarshal([]byte(`{"created":"soon"}`), &kept))
}
