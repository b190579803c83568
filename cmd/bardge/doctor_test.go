package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/sandbox"
)

func TestDoctorConfirmsTheSandbox(t *testing.T) {
	d, sb := bardgeDesk(t)
	r := d.done("doctor", "--client-id", sb.Seed.ClientID, "--issued-pass-id", sb.Seed.IssuedPassID)
	assert.Empty(t, r.stderr)
	assert.Regexp(t, `\ANothing differs. 13 of \d+ operations are confirmed, \d+ were not tried.\n`, r.stdout)
	assert.NotContains(t, r.stdout, sb.APIKey)

	page := d.done("doctor", "--samples", "1", "--markdown").stdout
	assert.True(t, strings.HasPrefix(page, "# Check of http://127.0.0.1:"), page)
	assert.Contains(t, page, "| confirmed | ListPasses |")

	file := filepath.Join(t.TempDir(), "drift.json")
	d.done("doctor", "--samples", "1", "--report", file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	drift := object(t, string(text))
	assert.Contains(t, drift["base_url"], sandbox.BasePath)
	assert.NotEmpty(t, drift["operations"])

	data := object(t, d.done("doctor", "--samples", "1", "-o", "json").stdout)
	assert.EqualValues(t, "1", data["version"])
	assert.Len(t, data["operations"], len(gen.Operations()))
	assert.Contains(t, data, "drift")
}

func TestDoctorIssuesAPassOnlyIfItIsAllowed(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.done("doctor", "--client-id", sb.Seed.ClientID, "--pass-id", sb.Seed.PassID)
	assert.Zero(t, sb.Executed(sandbox.IssuePass))
	r := d.done("doctor", "--client-id", sb.Seed.ClientID, "--pass-id", sb.Seed.PassID, "--first-name", "Ada", "--allow-writes", "IssuePass")
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
	assert.Equal(t, 2, sb.Requests(sandbox.IssuePass))
	assert.Contains(t, r.stdout, "executed once; its repetition under the same key")
	assert.Regexp(t, `IssuePass is sent under the key `+aKey.String(), r.stderr, "a killed program prints no report")
	assert.Contains(t, r.stdout, aKey.FindString(r.stderr))
}

// A pass that may have been issued has the exit code of unknown outcomes, and its
// key is printed.
func TestDoctorReportsAnUnknownIssue(t *testing.T) {
	d, sb := bardgeDesk(t)
	sb.Next(sandbox.IssuePass, sandbox.ServerErrorAfter(500))
	r := d.run("doctor", "--client-id", sb.Seed.ClientID, "--pass-id", sb.Seed.PassID, "--allow-writes", "IssuePass")
	assert.Equal(t, cli.ExitUnknown, r.code, r.stderr)
	assert.True(t, strings.HasPrefix(r.stdout, "IssuePass may have been executed: "), r.stdout)
	assert.Regexp(t, `key: `+aKey.String(), r.stdout)
	assert.Equal(t, 1, sb.Executed(sandbox.IssuePass))
}

func TestDoctorExplainsWhatIsWrong(t *testing.T) {
	d, sb := bardgeDesk(t)
	d.set("BARDGE_API_KEY", "another_key_0001")
	r := d.run("doctor")
	assert.Equal(t, cli.ExitCredentials, r.code)
	assert.True(t, strings.HasPrefix(r.stdout, "The API refuses the API key (status 401, invalid_api_key).\nCheck that the key is whole,"), r.stdout)
	assert.Contains(t, r.stderr, "ListPasses: rejected: 401 invalid_api_key")
	assert.NotContains(t, r.stdout+r.stderr, "another_key")

	d.set("BARDGE_API_KEY", sb.APIKey)
	r = d.run("doctor", "--base-url", "http://127.0.0.1:1")
	assert.Equal(t, cli.ExitFailed, r.code)
	assert.True(t, strings.HasPrefix(r.stdout, "Nothing listens at 127.0.0.1:1: the connection is refused.\n"), r.stdout)

	r = d.run("doctor", "--booking-id", "booking_none")
	assert.Equal(t, cli.ExitFailed, r.code)
	assert.True(t, strings.HasPrefix(r.stdout, "1 difference. "), r.stdout)
	assert.Equal(t, "1 finding: it differs from the contract, or is in the way\n", strings.TrimPrefix(r.stderr, "bardge: "))
}

// The environment's proxy is named, and what it refuses.
func TestDoctorFindsTheProxyOfTheEnvironment(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodConnect, r.Method)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	d := newDesk(t)
	d.set("BARDGE_API_KEY", "sandbox_key_0001")
	d.set("HTTPS_PROXY", proxy.URL)
	r := d.run("doctor", "--base-url", "https://api.example.test/v3")
	assert.Equal(t, cli.ExitFailed, r.code)
	assert.True(t, strings.HasPrefix(r.stdout, "The proxy demands credentials (407).\n"), r.stdout)
	assert.Contains(t, r.stdout, "through the proxy "+proxy.Listener.Addr().String()+", which the environment names")
}

// What the doctor has found out, the same command uses: the correct path.
func TestDoctorConfirmsACorrectedPath(t *testing.T) {
	d, sb := bardgeDesk(t, sandbox.WithDrift(sandbox.MoveOperation(sandbox.GetClass, "/class/{id}")))
	args := []string{"doctor", "--samples", "1", "--class-id", sb.Seed.ClassID}
	r := d.run(args...)
	assert.Equal(t, cli.ExitFailed, r.code)
	assert.Contains(t, r.stdout, "differs    GetClass")
	r = d.run(append(args, "--path", "GetClass=/class/{id}")...)
	assert.Contains(t, r.stdout, "confirmed  GetClass")
}

func TestDoctorRefusesAWrongCommandLine(t *testing.T) {
	d, sb := bardgeDesk(t)
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"--allow-writes", "IssuePass"}, "--allow-writes needs --client-id and --pass-id\n"},
		{[]string{"--allow-writes", "CancelBooking", "--client-id", "c", "--pass-id", "p"}, "names another operation than IssuePass\n"},
		{[]string{"--first-name", "Ada"}, "give --allow-writes IssuePass\n"},
		{[]string{"--markdown", "-o", "yaml"}, "give either --markdown or --output\n"},
		{[]string{"--path", "GetClass"}, "--path is not OPERATION=TEMPLATE, such as GetClass=/class/{id}\n"},
		{[]string{"--path", "GetClass=/class"}, "path of GetClass does not have each parameter of the contract's path once\n"},
		{[]string{"--path", "Pay=/pay"}, "path is of no operation\n"},
		{[]string{"--samples", "21"}, "is not between 1 and 20\n"},
		{[]string{"--timeout", "-1s"}, "is negative\n"},
		{[]string{"--base-url", "http://api.example.com"}, "is not https (http is allowed to a loopback host only)\n"},
		{[]string{"now"}, "unexpected argument \"now\""},
	} {
		r := d.run(append([]string{"doctor"}, row.args...)...)
		assert.Equal(t, cli.ExitUsage, r.code, "%v: %s", row.args, r.stderr)
		assert.Contains(t, r.stderr, row.want)
		assert.Empty(t, r.stdout)
	}
	assert.Empty(t, sb.Ledger())
}
