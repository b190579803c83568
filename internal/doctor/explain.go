package doctor

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/bardge/bardge-go/gen"
)

// Failure is how a request has failed.
type Failure struct {
	Reason   string      // the SDK's words
	Status   int         // of the response; 0: none came
	IsAPI    bool        // the response is in the API's own error format
	Code     string      // of the API's error; empty: none
	Header   http.Header // of the response
	Host     string      // and port, of the base URL
	Rejected string      // the issuer of a certificate that was not accepted
	TimedOut bool        // the time for it was over
	Executed bool        // the response is the API's own success, and cannot be used
}

// Diagnosis is what is wrong, in a sentence, and what to do about it.
type Diagnosis struct{ Problem, Advice string }

// Explain returns what a failure means.
func Explain(f Failure) Diagnosis {
	switch {
	case f.Status == 0:
		return explainSilence(f)
	case f.IsAPI:
		return explainError(f)
	default:
		return explainStranger(f)
	}
}

// explainSilence returns what a request without a response means.
func explainSilence(f Failure) Diagnosis {
	at := slices.IndexFunc(causes, func(c cause) bool { return strings.HasPrefix(f.Reason, c.reason) })
	name, _, _ := net.SplitHostPort(f.Host)
	issuer := ""
	if f.Rejected != "" {
		issuer = fmt.Sprintf(" Its issuer is %q.", f.Rejected)
	}
	words := strings.NewReplacer("{host}", f.Host, "{name}", name, "{reason}", f.Reason, "{issuer}", issuer)
	return Diagnosis{words.Replace(causes[at].problem), words.Replace(causes[at].advice)}
}

const tryAgain = "Try again later. If it stays, a proxy may cut responses, or the API's are larger than the SDK reads."

const signIn = " If it is right, sign in to the network in a browser, then try again."

// explainStranger returns what a response means that is not the API's.
func explainStranger(f Failure) Diagnosis {
	status := fmt.Sprintf("status %d", f.Status)
	isPage := strings.HasPrefix(strings.ToLower(f.Header.Get("Content-Type")), "text/html")
	switch {
	case f.Status == http.StatusNetworkAuthenticationRequired:
		return Diagnosis{
			"A captive portal responds in the API's place (511).",
			"Sign in to the network in a browser, then try again.",
		}
	case f.Status == http.StatusProxyAuthRequired:
		return Diagnosis{"A proxy demands credentials (407).", checkProxy}
	case f.Status >= 300 && f.Status < 400:
		return Diagnosis{
			"The request is redirected elsewhere (" + status + "): a captive portal, or another base URL.",
			checkURL + signIn,
		}
	case f.Status < 300 && f.Executed:
		return Diagnosis{"The API's response cannot be read (" + status + "): " + f.Reason + ".", tryAgain}
	case f.Status < 300 && f.TimedOut:
		return Diagnosis{f.Host + " began to respond, but did not end in time (" + status + ").", waitLonger}
	case f.Status < 300 && isPage:
		return Diagnosis{
			"A web page came in place of the API's response (" + status + "): a captive portal, or a wrong base URL.",
			checkURL + signIn,
		}
	case f.Status < 300:
		return Diagnosis{"A response came that is not the API's (" + status + ").", checkURL}
	default:
		return explainRefusal(f.Status, status+", not in the API's error format")
	}
}

// explainRefusal returns what an error means that is not in the API's format.
func explainRefusal(code int, status string) Diagnosis {
	switch code {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return Diagnosis{"The server does not know this path (" + status + ").", checkURL}
	case http.StatusUnauthorized, http.StatusForbidden:
		return Diagnosis{
			"The request is refused (" + status + "), perhaps by something before the API.",
			"Check the API key. If it is right, a firewall or gateway may admit only known addresses or programs.",
		}
	default:
		return Diagnosis{
			"Something before the API responds in its place (" + status + ").",
			"Try again later. If it stays, check the base URL and the proxies on the way.",
		}
	}
}

// isDisabled reports whether the code means that the account may do nothing.
func isDisabled(code string) bool { return gen.ErrorCode(code).Is(gen.ErrorCodeAccountDisabled) }

// explainError returns what an error of the API's own means.
func explainError(f Failure) Diagnosis {
	status := fmt.Sprintf("status %d", f.Status)
	if f.Code != "" {
		status += ", " + Plain(f.Code)
	}
	switch {
	case f.Status == http.StatusUnauthorized:
		return Diagnosis{
			"The API refuses the API key (" + status + ").",
			"Check that the key is whole, is not reset in the dashboard, and belongs to this base URL " +
				"(test and production differ).",
		}
	case isDisabled(f.Code):
		return Diagnosis{"The reseller's account is disabled (" + status + ").", "Ask the vendor to enable it."}
	case f.Status == http.StatusTooManyRequests:
		return Diagnosis{"The API asks to slow down (" + status + ").", "Try again later, with fewer samples."}
	case f.Status >= http.StatusInternalServerError:
		return Diagnosis{
			"The API reports an error of its own (" + status + ").",
			"Try again later; the vendor's support needs the request id.",
		}
	default:
		return Diagnosis{"The API rejects the request (" + status + ").", ""}
	}
}
