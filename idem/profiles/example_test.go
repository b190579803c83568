package profiles_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/profiles"
)

// A payment at Square, which takes the key in the body. The server executes it
// and loses the response; the engine sends it again under the same key.
func Example() {
	server := httptest.NewServer(squareLosesItsFirstResponse())
	defer server.Close()

	square := profiles.Square()
	engine, err := idem.New(idem.Config{BaseURL: server.URL, Profile: square.Profile})
	if err != nil {
		fmt.Println(err)
		return
	}
	create := square.Create
	create.Name = "CreatePayment"
	result := engine.Do(context.Background(), idem.Call{Request: idem.Request{
		Operation: create, Method: http.MethodPost, Path: "/v2/payments", Body: []byte(`{"source_id":"card"}`),
	}})
	fmt.Println(result.Outcome, len(result.Attempts), string(result.Response.Body))
	// Output: done 2 {"payment":{"id":"p_1"}}
}

func squareLosesItsFirstResponse() http.Handler {
	executed := map[string]string{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Key string `json:"idempotency_key"`
		}
		if json.NewDecoder(r.Body).Decode(&body) != nil {
			return
		}
		if executed[body.Key] == "" {
			executed[body.Key] = fmt.Sprintf("p_%d", len(executed)+1)
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"payment":{"id":%q}}`, executed[body.Key])
	})
}
