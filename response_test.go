package bardge_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/sdktest"
	"github.com/bardge/bardge-go/sandbox"
)

// A response that proves the operation is done; the error names what it lacks.
func TestR27_AnAnswerWithoutWhatIsEssentialIsDoneAndIncomplete(t *testing.T) {
	for _, op := range sdktest.Operations {
		shape := bardge.ShapeOf(op.ID)
		var bodies []string
		for _, tag := range shape.Tags.Own {
			bodies = append(bodies, `{"object":"`+tag+`","message":"m"}`, `{"object":"`+tag+`","ID":null,"data":null}`)
		}
		for _, name := range shape.Telling {
			bodies = append(bodies, `{"`+name+`":7}`)
		}
		require.NotEmpty(t, bodies, op.ID)
		for _, body := range bodies {
			if _, complete := shape.Prove([]byte(body)); complete || op.ID == gen.OpCancelBooking {
				continue // which is read instead
			}
			sdktest.WithBardge(t, sdktest.Script{sdktest.Respond(200, body)}, func(t *testing.T, s *sdktest.Bardge) {
				d := op.Call(t.Context(), s.Client, sdktest.SomeSeed(), "x1")
				var e *bardge.Error
				if !assert.ErrorAs(t, d.Err, &e, "%s: %s", op.ID, body) {
					return
				}
				assert.Equal(t, bardge.OutcomeDone, e.Outcome, "%s: %s", op.ID, body)
				assert.ErrorIs(t, e, bardge.ErrResponseIncomplete)
				assert.ErrorIs(t, e, bardge.ErrResponseLost)
				assert.Contains(t, e.Error(), "lacks an essential field")
				assert.JSONEq(t, body, string(e.Response.Raw))
				assert.Empty(t, d.Got)
			}, bardge.WithMaxAttempts(1))
		}
	}
}

func ExampleResponse() {
	sb, client := start()
	defer sb.Close()

	_, resp, err := client.Clients.Get(context.Background(), sb.Seed.ClientID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"), len(resp.Raw) > 0)
	fmt.Println(resp) // no header and no body
	// Output:
	// 200 application/json true
	// GetClient: done, status 200, attempts 1, request req_0001
}

func ExampleResponse_Timeline() {
	sb, client := start()
	defer sb.Close()
	sb.Next(sandbox.PurchaseCredits, sandbox.Unavailable(0), sandbox.LoseResponse)

	_, resp, err := client.Credits.Purchase(context.Background(), bardge.PurchaseCreditsParams{
		ClientID: sb.Seed.ClientID, PackageID: sb.Seed.CreditPackageID,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Timeline())
	// Output:
	// 1  503           server error                          ambiguous, again after 1ms
	//  2  no answer     connection reset                      ambiguous, again at once
	//  3  201 replayed  executed                              done
	// =>  done
}
