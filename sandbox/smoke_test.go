package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

func TestSmoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sb := Start(t)
		sb.Next(IssuePass, LoseAnswer, ServerErrorBefore(500), Unavailable(2e9), CutAnswer)
		for i := range 7 {
			req, _ := http.NewRequest("POST", sb.URL+"/issued_passes", strings.NewReader(`{"client_id":"c1","pass_id":"pass_premium"}`))
			req.Header.Set("Authorization", "Bearer "+sb.APIKey)
			req.Header.Set("Idempotency-Key", "k1")
			resp, err := sb.Client().Do(req)
			if err != nil {
				fmt.Println(i, err)
				continue
			}
			b, err := io.ReadAll(resp.Body)
			fmt.Println(i, resp.StatusCode, resp.Header, string(b), err)
		}
		fmt.Println(sb.Ledger())
	})
}
