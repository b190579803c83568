package sendonce

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// proxyRefused begins the text of the error that net/http makes of a proxy's
// response to CONNECT. The status follows.
const proxyRefused = "proxy refused CONNECT: "

// nameProxyStatus lets net/http's error say with which status a proxy refused.
// By itself it repeats the proxy's words, which may be any.
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

// proxyCause knows what a proxy said, or why it was not reached.
func proxyCause(err error) (Cause, bool) {
	if status, ok := strings.CutPrefix(err.Error(), proxyRefused); ok {
		code, err := strconv.Atoi(status)
		return Cause{Reason: proxyRefused + strconv.Itoa(code), Permanent: finalForProxy(code)}, err == nil
	}
	var op *net.OpError
	switch {
	case !errors.As(err, &op):
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

// finalForProxy reports a status that another CONNECT gets, too.
func finalForProxy(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusProxyAuthRequired:
		return true
	default:
		return false
	}
}
