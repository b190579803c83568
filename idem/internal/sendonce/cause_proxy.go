package sendonce

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// proxyRefused begins the text of the error that net/http makes of a proxy's
// response to CONNECT. The status follows.
const proxyRefused = "proxy refused CONNECT: "

// nameProxyStatus puts the status with which a proxy refused into net/http's
// error, which by itself repeats the proxy's words.
func nameProxyStatus(t *http.Transport) {
	theirs := t.OnProxyConnectResponse
	t.OnProxyConnectResponse = func(ctx context.Context, proxy *url.URL, req *http.Request, resp *http.Response) error {
		if theirs != nil {
			if err := theirs(ctx, proxy, req, resp); err != nil {
				return err
			}
		}
		if resp.StatusCode != http.StatusOK {
			status := strconv.Itoa(resp.StatusCode)
			resp.Status = status + " " + proxyRefused + status
		}
		return nil
	}
}

// proxyCause knows a proxy's response, or why it was not reached.
func proxyCause(err error) (Cause, bool) {
	if status, ok := strings.CutPrefix(err.Error(), proxyRefused); ok {
		code, err := strconv.Atoi(status)
		final := slices.Contains(finalForProxy, code)
		return Cause{Reason: proxyRefused + strconv.Itoa(code), Permanent: final}, err == nil
	}
	op, ok := errors.AsType[*net.OpError](err)
	switch {
	case !ok:
		return Cause{}, false
	case op.Op == "socks connect":
		return Cause{Reason: "SOCKS proxy refused the connection"}, true
	case op.Op == "proxyconnect" && op.Err != nil:
		c := CauseOf(op.Err)
		c.Reason = "proxy not reached: " + c.Reason
		return c, true
	default:
		return Cause{}, false
	}
}

// finalForProxy are the statuses that another CONNECT gets, too.
var finalForProxy = []int{
	http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired,
}
