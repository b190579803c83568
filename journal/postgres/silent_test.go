package postgres

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// beforeIt puts a host in front of the DSN's that takes connections and never
// answers.
func (s store) beforeIt() string {
	s.t.Helper()
	silent, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, silent.Close()) })
	u, err := url.Parse(s.dsn)
	require.NoError(s.t, err)
	u.Host = silent.Addr().String() + "," + u.Host
	return u.String()
}

// The time limit of Open's connections holds for those that need no pool, too.
func TestR39_CheckAndMigrateTryTheNextHost(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(context.Context, store) error{
		"Migrate": func(ctx context.Context, s store) error { return Migrate(ctx, s.beforeIt(), WithSchema(s.schema)) },
		"Check": func(ctx context.Context, s store) error {
			s.open()
			_, err := Check(ctx, s.beforeIt(), WithSchema(s.schema))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*connectTimeout)
			defer cancel()
			begun := time.Now()
			require.NoError(t, use(ctx, newStore(t)))
			require.GreaterOrEqual(t, time.Since(begun), connectTimeout, "the silent host was tried first")
		})
	}
}
