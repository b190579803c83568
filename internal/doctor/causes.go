package doctor

// cause is what a request without a response means, and what to do about it.
type cause struct {
	reason          string // that the SDK's words begin with
	problem, advice string // with the names of [words]
}

// Texts that several causes share.
const (
	checkURL   = "Check the base URL (WithBaseURL, BARDGE_BASE_URL)."
	checkProxy = "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the transport's Proxy."
	ifRight    = " If it is right, a proxy or portal responds in the API's place."
	noVerify   = " Do not switch verification off: the API key would be readable on the way."
)

// causes lists the SDK's reasons. The first that fits decides.
var causes = []cause{
	{
		reason:  "no such host",
		problem: "The host name {name} does not exist (DNS).",
		advice:  checkURL + " If it is right, check this machine's name server.",
	},
	{
		reason:  "name lookup",
		problem: "The name server does not resolve {name}: {reason}.",
		advice:  "Check this machine's name server.",
	},
	{
		reason:  "proxy refused CONNECT: 407",
		problem: "The proxy demands credentials (407).",
		advice: "Put them into the proxy's URL, as in HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT, " +
			"or exempt {name} by NO_PROXY.",
	},
	{
		reason:  "proxy refused CONNECT",
		problem: "A proxy refuses to connect to {host}: {reason}.",
		advice:  "Have the proxy allow {host}. " + checkProxy,
	},
	{
		reason:  "proxy not reached",
		problem: "The proxy cannot be reached: {reason}.",
		advice:  checkProxy,
	},
	{
		reason:  "SOCKS proxy",
		problem: "The SOCKS proxy refuses to connect to {host}.",
		advice:  checkProxy,
	},
	{
		reason:  "connection refused",
		problem: "Nothing listens at {host}: the connection is refused.",
		advice:  checkURL,
	},
	{
		reason:  "connection not permitted",
		problem: "This machine's firewall does not permit connections to {host}.",
		advice:  "Permit them.",
	},
	{
		reason:  "dial timed out",
		problem: "{host} cannot be reached: the connection is not accepted in time.",
		advice: "Check that a firewall lets connections to {host} out. " +
			"If they must take a proxy, set HTTPS_PROXY.",
	},
	{
		reason:  "network unreachable",
		problem: "There is no network to {host}.",
		advice:  "Check this machine's network.",
	},
	{
		reason:  "no route to host",
		problem: "There is no route to {host}.",
		advice:  "Check this machine's network.",
	},
	{
		reason: "certificate not trusted",
		problem: "The certificate of {host} is not trusted: TLS is intercepted, " +
			"or this machine's root certificates are out of date.{issuer}",
		advice: "If the issuer is your company's or a security program's, add its root certificate to the system's, " +
			"or have {host} exempted." + noVerify,
	},
	{
		reason:  "certificate is for another host name",
		problem: "The server's certificate is for another host name than {name}: TLS may be intercepted.{issuer}",
		advice:  checkURL + ifRight + noVerify,
	},
	{
		reason:  "certificate expired",
		problem: "The server's certificate has expired or is not valid yet.{issuer}",
		advice:  "Check this machine's date and time." + ifRight + noVerify,
	},
	{
		reason:  "certificate not accepted",
		problem: "The certificate of {host} is not accepted.{issuer}",
		advice:  checkURL + ifRight + noVerify,
	},
	{
		reason:  "client certificate",
		problem: "The server demands a certificate of the client: {reason}.",
		advice:  "The API needs none, so a gateway is between: add its certificate to the transport (WithHTTPClient).",
	},
	{
		reason:  "the server does not speak TLS",
		problem: "{host} does not speak TLS.",
		advice:  checkURL + ifRight,
	},
	{
		reason:  "no TLS version in common",
		problem: "{host} and this client have no version of TLS in common; the SDK needs 1.2.",
		advice:  "A proxy on the way may have no newer one. " + checkProxy,
	},
	{
		reason:  "no application protocol",
		problem: "{host} does not speak HTTP/1.1, which the SDK needs.",
		advice: "Permit HTTP/1.1 beside HTTP/2 at the gateway before the API, " +
			"or give WithHTTPClient a RoundTripper that speaks HTTP/2.",
	},
	{
		reason:  "the caller's dialer negotiated HTTP/2",
		problem: "The transport's DialTLSContext agrees on HTTP/2, which the SDK cannot track.",
		advice:  "Let it offer http/1.1 alone.",
	},
	{
		reason:  "the server has no certificate",
		problem: "{host} has no certificate for its host name.",
		advice:  checkURL,
	},
	{
		reason:  "TLS handshake",
		problem: "TLS with {host} fails: {reason}.",
		advice:  "A proxy or firewall may interfere. " + checkProxy,
	},
	{
		reason:  "malformed HTTP",
		problem: "What listens at {host} does not speak HTTP: {reason}.",
		advice:  checkURL,
	},
	{reason: "attempt timed out", problem: tooSlow, advice: waitLonger},
	{reason: "timed out", problem: tooSlow, advice: waitLonger},
	{reason: "the caller's deadline passed", problem: tooSlow, advice: waitLonger},
	{
		reason:  "unsupported protocol",
		problem: "The base URL's or the proxy's scheme is not supported.",
		advice:  checkURL + " " + checkProxy,
	},
	{ // any other
		problem: "No response came: {reason}.",
		advice:  "Check the base URL and the network between this machine and {host}.",
	},
}

const (
	tooSlow    = "{host} accepts the connection, but no response came in time."
	waitLonger = "Try again with more time for each call; if that changes nothing, a proxy or firewall may hold the " +
		"connection."
)
