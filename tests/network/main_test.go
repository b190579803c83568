package network

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// trusted is the authority in this process's system roots, so that the SDK's
// own transport can be tested.
var trusted = newAuthority()

func TestMain(m *testing.M) {
	if frozenProcess() {
		return
	}
	dir, err := os.MkdirTemp("", "authority")
	if err != nil {
		panic(err)
	}
	// Read once, when the first certificate is verified.
	for name, value := range map[string]string{"SSL_CERT_FILE": filepath.Join(dir, "root.pem"), "SSL_CERT_DIR": dir} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "root.pem"), trusted.pem(), 0o600); err != nil {
		panic(err)
	}
	zerolog.SetGlobalLevel(zerolog.Disabled) // the proxy's toxics have a logger of their own
	if err := startFiber(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m,
		goleak.IgnoreCurrent(), // what startFiber started
		// The proxy's toxics that cut a link leave the previous ones behind,
		// with a chunk that is never read.
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		goleak.Cleanup(func(code int) {
			_ = os.RemoveAll(dir)
			os.Exit(code)
		}),
	)
}
