package network

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// trusted is the authority that this process believes in, as other programs
// believe in those of their system: so the SDK's own transport can be tested.
var trusted = newAuthority()

func TestMain(m *testing.M) {
	if frozenProcess() {
		return
	}
	dir, err := os.MkdirTemp("", "authority")
	if err != nil {
		panic(err)
	}
	// Read once, when the first certificate is looked at.
	for name, value := range map[string]string{"SSL_CERT_FILE": filepath.Join(dir, "root.pem"), "SSL_CERT_DIR": dir} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "root.pem"), trusted.pem(), 0o600); err != nil {
		panic(err)
	}
	zerolog.SetGlobalLevel(zerolog.Disabled) // the proxy's toxics have a logger of their own
	goleak.VerifyTestMain(m,
		// The proxy's toxics that cut a link leave behind those before them, with a
		// chunk that nobody takes.
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction("github.com/Shopify/toxiproxy/v2.(*ToxicLink).read"),
		// What gofiber's middleware and its server leave behind at a shutdown.
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/storage/memory.(*Storage).gc"),
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/internal/storage/memory.New.StartTimeStampUpdater.func1.1"),
		goleak.IgnoreAnyFunction("github.com/gofiber/fiber/v2/utils.StartTimeStampUpdater.func1.1"), // the same, not inlined
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.Cleanup(func(code int) {
			_ = os.RemoveAll(dir)
			os.Exit(code)
		}),
	)
}
