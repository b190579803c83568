package control

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Guard decides which requests the control API answers. The order matters: a
// request for another host is refused before anything else is considered, since
// after DNS rebinding the browser takes the attacker's page for the same
// origin, and no other header distinguishes the two.
type Guard struct {
	scheme  string
	port    string
	hosts   []string // exactly, with the port
	anyAddr bool     // the address that the connection came to, too
	origins *http.CrossOriginProtection
}

// GuardOf returns the guard of a server that listens on addr. It takes requests
// for the loopback names with the port of addr, and for the given host names,
// with their own port or else the same. A server that listens anywhere also
// takes requests for the address that a connection came to: an address cannot
// be rebound, only a name can.
func GuardOf(addr net.Addr, secure, anywhere bool, names []string) *Guard {
	g := &Guard{scheme: "http", anyAddr: anywhere, origins: http.NewCrossOriginProtection()}
	if secure {
		g.scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil { // no network address: nothing is allowed
		return g
	}
	g.port = port
	for _, name := range append([]string{"localhost", "127.0.0.1", "::1"}, names...) {
		g.allow(name)
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		g.allow(host)
	}
	return g
}

// allow adds a host, which may have a port of its own.
func (g *Guard) allow(name string) {
	if _, _, err := net.SplitHostPort(name); err == nil {
		g.hosts = append(g.hosts, name)
		return
	}
	g.hosts = append(g.hosts, g.named(strings.Trim(name, "[]"))...)
}

// named returns what a Host header has for a host on the guard's port.
func (g *Guard) named(host string) []string {
	forms := []string{net.JoinHostPort(host, g.port)}
	if standard := map[string]string{"http": "80", "https": "443"}; standard[g.scheme] == g.port {
		forms = append(forms, strings.TrimSuffix(forms[0], ":"+g.port))
	}
	return forms
}

// objection returns why a request is refused, or "".
func (g *Guard) objection(r *http.Request) string {
	switch {
	case !g.allowsHost(r):
		return "The Host header is not an address of this sandbox: use localhost, 127.0.0.1 or [::1] with its port " +
			strconv.Quote(g.port) + ", or allow the name when the sandbox is started."
	// A browser sends one Sec-Fetch-Site; of several, only the first is checked.
	case len(r.Header.Values("Sec-Fetch-Site")) > 1, !g.ownOrigin(r), g.origins.Check(asWrite(r)) != nil:
		return "The request comes from a page of another origin."
	default:
		return ""
	}
}

func (g *Guard) allowsHost(r *http.Request) bool {
	if slices.Contains(g.hosts, r.Host) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return g.anyAddr && ok && slices.Contains(g.named(local.IP.String()), r.Host)
}

// ownOrigin reports whether a request that names the origin of its page names
// the server's. [http.CrossOriginProtection] compares the host, and not the
// scheme: an app's own scheme can have any host.
func (g *Guard) ownOrigin(r *http.Request) bool {
	for _, origin := range r.Header.Values("Origin") {
		if origin != g.scheme+"://"+r.Host {
			return false
		}
	}
	return true
}

// asWrite returns the request as one that changes something:
// [http.CrossOriginProtection] lets every GET pass, and a ledger is not for
// other pages to read.
func asWrite(r *http.Request) *http.Request {
	write := *r
	write.Method = http.MethodPost
	return &write
}
