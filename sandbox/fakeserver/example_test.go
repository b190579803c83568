package fakeserver_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

type operation string

const mint operation = "Mint"

// mints is a third vendor: one operation, one account, and its own rules for
// keys.
func mints() *fakeserver.Server[operation] {
	chosen, err := fakeserver.NewSettings(fakeserver.KeyRules{Header: "X-Key", Memory: time.Hour, Waits: true}, nil)
	if err != nil {
		panic(err)
	}
	coins := 0
	return fakeserver.Serve(fakeserver.Vendor[operation]{
		BasePath:   "/v1",
		Operations: []operation{mint},
		Account:    func(*fakeserver.Call, *http.Request) (string, *fakeserver.Response) { return "everybody", nil },
		Refuse: func(_ *fakeserver.Call, _ *http.Request, why fakeserver.Refusal) *fakeserver.Response {
			return fakeserver.NewResponse(http.StatusTeapot, "text/plain", []byte(why.Reason))
		},
		Routes: func(around func(op operation, keyed bool, next http.Handler) http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("POST /v1/coins", around(mint, true, http.HandlerFunc(
				func(w http.ResponseWriter, r *http.Request) {
					coins++
					call := fakeserver.CallOf(r)
					call.Executed()
					call.Touched(fmt.Sprint("coin_", coins))
					w.WriteHeader(http.StatusCreated)
				},
			)))
			return mux
		},
	}, chosen)
}

// Another vendor is emulated in a few lines: its operations, its accounts, and
// its words.
func Example() {
	server := mints()
	defer server.Close()

	server.Next(mint, fakeserver.TooMany(0), fakeserver.LoseResponse)
	for range 3 {
		request, err := http.NewRequest(http.MethodPost, server.URL+"/coins", strings.NewReader(""))
		if err != nil {
			fmt.Println(err)
			return
		}
		request.Header.Set("X-Key", "k")
		request.Close = true // so that net/http does not repeat it
		response, err := server.Client().Do(request)
		if err != nil {
			fmt.Println("no answer")
			continue
		}
		fmt.Println(response.StatusCode, response.Body.Close() == nil)
	}
	fmt.Print(server.Ledger())
	// Output:
	// 418 true
	// no answer
	// 201 true
	// request   operation  key       result    status  fault          resource
	// req_0001  Mint       key_0001  rejected  418     too-many=0s    -
	// req_0002  Mint       key_0001  executed  -       lose-response  coin_1
	// req_0003  Mint       key_0001  replayed  201     -              coin_1
}
