package network

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem"
	"github.com/bardge/bardge-go/idem/conformance"
)

// TestConformance tries the middlewares of other authors, and compares what it
// finds with the table in docs/conformance.md.
func TestConformance(t *testing.T) {
	columns := []string{"gofiber", "express-idempotency"}
	reports := make([]conformance.Report, len(columns))
	t.Run("tried", func(t *testing.T) {
		for i, start := range []func(*testing.T) conformance.Target{fiberTarget, expressTarget} {
			t.Run(columns[i], func(t *testing.T) {
				t.Parallel()
				var err error
				reports[i], err = conformance.Run(t.Context(), start(t))
				require.NoError(t, err)
				for _, f := range reports[i] {
					t.Log(f)
				}
			})
		}
	})
	table := "| check | " + strings.Join(columns, " | ") + " |\n| --- | --- | --- |\n"
	for _, check := range conformance.Checks() {
		table += "| " + check
		for _, report := range reports {
			table += " | " + inTable(report.Find(check).Verdict)
		}
		table += " |\n"
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "conformance.md"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n| check | gofiber |")
	found, _, _ := strings.Cut("| check | gofiber |"+rest, "\n\n")
	assert.Equal(t, table, found+"\n")
}

func inTable(v conformance.Verdict) string {
	if v == conformance.Broken {
		return "**broken**"
	}
	return string(v)
}

// orders makes requests for orders. Their kind is what the server does: "fail"
// has it fail after the work, it refuses "invalid".
func orders(url, account, kind string) conformance.Requests {
	return func(n int) (*http.Request, error) {
		r, err := http.NewRequest(http.MethodPost, url, strings.NewReader(fmt.Sprintf(`{%q:%d}`, kind, n)))
		if err == nil {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", account)
		}
		return r, err
	}
}

func shopTarget(url string, profile idem.Profile, executed func(context.Context) (int, error)) conformance.Target {
	return conformance.Target{
		Profile: profile, Within: time.Second,
		Request: orders(url+"/orders", "one", "sku"), Second: orders(url+"/orders", "two", "sku"),
		Other: orders(url+"/refunds", "one", "sku"), Failing: orders(url+"/orders", "one", "fail"),
		Refused:    orders(url+"/orders", "one", "invalid"),
		ResourceID: conformance.JSONMember("order"), Executed: executed,
	}
}

// fiberTarget is a shop behind gofiber's middleware with its defaults.
func fiberTarget(t *testing.T) conformance.Target {
	var executed atomic.Int64
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Server().MaxIdleWorkerDuration = 10 * time.Millisecond // its sweeper sleeps as long, also after Shutdown
	app.Post("/*", middleware, func(c *fiber.Ctx) error {
		if strings.Contains(string(c.Body()), "invalid") {
			return c.Status(http.StatusBadRequest).JSON(fiber.Map{"problem": "invalid"})
		}
		time.Sleep(20 * time.Millisecond) // the work
		n := executed.Add(1)
		if strings.Contains(string(c.Body()), "fail") {
			return fiber.ErrInternalServerError
		}
		return placed(n, c)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var served sync.WaitGroup
	served.Go(func() { assert.NoError(t, app.Listener(l)) })
	t.Cleanup(func() {
		assert.NoError(t, app.Shutdown())
		served.Wait()
	})
	return shopTarget("http://"+l.Addr().String(), fiberProfile(), func(context.Context) (int, error) {
		return int(executed.Load()), nil
	})
}

// expressProfile is express-idempotency as its README describes it. It states no
// time: its store in memory keeps keys for as long as the process lives.
func expressProfile() idem.Profile {
	return idem.Profile{
		Vendor: "express-idempotency", KeyHeader: "Idempotency-Key", KeyTTL: 24 * time.Hour,
		Classify: func(status int, _ http.Header, body []byte) idem.Signal {
			switch {
			case status == http.StatusConflict:
				return idem.SignalInProgress
			case status == http.StatusExpectationFailed:
				return idem.SignalKeyReused
			case status >= 400 && json.Valid(body):
				return idem.SignalError
			default:
				return idem.SignalNone
			}
		},
	}
}

// expressTarget is a shop behind express-idempotency, run by Node.
func expressTarget(t *testing.T) conformance.Target {
	url := "http://127.0.0.1:" + startExpress(t)
	return shopTarget(url, expressProfile(), func(ctx context.Context) (int, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/executed", nil)
		if err != nil {
			return 0, err
		}
		r.Close = true
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(string(text))
	})
}

// startExpress starts the shop in a process that ends with the test, and returns
// its port.
func startExpress(t *testing.T) string {
	t.Helper()
	programs, err := exec.Command(filepath.Join("..", "..", "tools", "npm", "install.sh")).Output()
	require.NoError(t, err, "Node's packages")
	shop := exec.Command("node", filepath.Join("testdata", "express.js"))
	shop.Env = append(os.Environ(), "NODE_PATH="+filepath.Dir(strings.TrimSpace(string(programs))))
	shop.Stderr = os.Stderr
	stdin, err := shop.StdinPipe()
	require.NoError(t, err)
	stdout, err := shop.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, shop.Start())
	lines := bufio.NewReader(stdout)
	port, err := lines.ReadString('\n')
	t.Cleanup(func() {
		assert.NoError(t, stdin.Close())
		_, _ = io.Copy(io.Discard, lines)
		assert.NoError(t, shop.Wait())
	})
	require.NoError(t, err)
	return strings.TrimSpace(port)
}
