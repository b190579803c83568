// Package otelbardge records what a bardge client does with OpenTelemetry: a
// span per call, a span per attempt, and metrics.
//
//	client, err := bardge.New(apiKey, bardge.WithObserver(otelbardge.Observer()))
//
// # Spans
//
// A call is an internal span named "bardge.IssuePass", a child of the span in
// the call's context. Its attempts are client spans below it, named by HTTP's
// semantic conventions: "POST /v3/api/business/reseller/issued_passes". Both
// are recorded when the call ends, with their true times, so nothing is kept
// for calls under way. Spans that other code makes meanwhile (an API key
// provider, a journal's database) are children of the caller's span too.
//
//	name                       span     type    value
//	-------------------------  -------  ------  -------------------------------------------------
//	bardge.operation           both     string  IssuePass
//	bardge.outcome             call     string  done, rejected, not_sent, unknown
//	bardge.attempts            call     int     number of attempts
//	bardge.recovered           call     bool    the lost response was read back
//	bardge.from_journal        call     bool    an earlier call's result; nothing was sent
//	bardge.request_id          call     string  the API's id of the last response
//	bardge.replayed            both     bool    the (last) response was stored by the server
//	bardge.key.age_ms          both     int     since the key may first have been sent, at the (last)
//	                                            attempt's end; absent where no key has a window
//	error.type                 both     string  on failure; see below
//	bardge.verdict             attempt  string  done, ambiguous, rejected, ...
//	bardge.reason              attempt  string  why, in fixed words
//	bardge.wait_ms             attempt  int     the wait that followed; absent if none did
//	bardge.connection.reused   attempt  bool    the connection had served other requests
//	http.request.method        attempt  string  POST
//	http.request.resend_count  attempt  int     from the second attempt on: 1, 2, ...
//	http.response.status_code  attempt  int     if a response came
//	server.address             attempt  string  the base URL's host
//	server.port                attempt  int     the base URL's port
//	url.scheme                 attempt  string  https
//	url.template               attempt  string  the path, with {id} and the like in place of ids
//
// The error.type of an attempt is its status from 400 on, otherwise its reason
// with underscores, such as connection_reset. The error.type of a call is its
// last attempt's, and not_attempted if there was none. A failed call's status
// gives the reason in fixed words.
//
// # Metrics
//
//	name                          kind, unit              attributes
//	----------------------------  ----------------------  -----------------------------------------
//	bardge.client.call.duration   histogram, s            bardge.operation, bardge.outcome,
//	                                                      error.type
//	http.client.request.duration  histogram, s; attempts  http.request.method, server.address,
//	                                                      server.port, url.scheme, url.template,
//	                                                      http.response.status_code, error.type
//	bardge.client.attempts        counter, {attempt}      bardge.operation, bardge.verdict,
//	                                                      bardge.replayed
//	bardge.client.wait.duration   histogram, s            bardge.operation
//	bardge.client.retry.budget    gauge, {retry}; left    server.address, server.port
//	bardge.client.drift           counter, {difference}   bardge.operation, bardge.drift.kind
//
// A difference from the contract has a kind, such as missing_field. Names of
// fields are no attribute, since a server may send any: a bardge.DriftReport has
// them.
//
// The gauge belongs to one client: clients of the same server that share a
// MeterProvider overwrite each other's value.
//
// # What is left out
//
// Spans and metrics hold no key, token, header or body, and no id of the API's
// but the request's. So the required url.full is not set.
//
// No trace context is sent: a traceparent that names the attempt would differ,
// while every repetition must be the same request. [bardge.WithHeader] sends
// the caller's, the same on every attempt.
package otelbardge
