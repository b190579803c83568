// Command river works 1,000 jobs with River on PostgreSQL, each of which issues
// a pass. Jobs fail and are retried after the server has forgotten their keys;
// workers are killed in the middle of their work and restarted. With a journal
// each pass is issued once. With -journal=false the queue buys twice.
//
// The parent runs the embedded server on a loopback port, with random faults,
// and compares its ledger with the orders. It makes and drops a schema in
// DATABASE_URL's database, or starts a PostgreSQL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/bardge/bardge-go/journal/postgres/pgtest"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "work" {
		exit(work(context.Background()))
	}
	exit(parent())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func parent() error {
	s := settings{dsn: os.Getenv("DATABASE_URL")}
	flag.BoolVar(&s.journal, "journal", true, "keep a journal; false shows what happens without")
	flag.IntVar(&s.jobs, "jobs", 1000, "passes to issue")
	flag.IntVar(&s.workers, "workers", 4, "worker processes")
	flag.IntVar(&s.kills, "kills", 25, "how many workers are killed")
	flag.Parse()
	if s.workers < 1 || s.kills < 1 || s.jobs < s.kills {
		return errors.New("at least one worker, one kill, and a job for each kill, please")
	}

	if s.dsn == "" {
		server, err := pgtest.Launch()
		if err != nil {
			return err
		}
		defer server.Stop()
		s.dsn = server.DSN
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()

	got, err := run(ctx, s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(os.Stdout, got)
	return errors.Join(err, got.verdict())
}
