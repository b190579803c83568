package riverpage_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/bardge/bardge-go/fleet/river/riverpage"
	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

// The page is part of a program's internal pages, for who has signed in.
func ExampleNew() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := pgtest.Launch() // in production: your database
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Stop()
	pool, err := pgxpool.New(ctx, server.DSN)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	queue, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}

	signedIn := func(page http.Handler) http.Handler { // the program's own
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("session"); err != nil {
				http.Error(w, "sign in", http.StatusUnauthorized)
				return
			}
			page.ServeHTTP(w, r)
		})
	}
	page, err := riverpage.New(ctx, queue, riverpage.Options{Prefix: "/river", Authenticate: signedIn})
	if err != nil {
		fmt.Println(err)
		return
	}
	pages := http.NewServeMux()
	pages.Handle("/river/", page)

	for _, cookie := range []string{"", "session=ada"} {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/river/", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 401
	// 200
}
