// Package otelbardge tells OpenTelemetry what a bardge client does: a span per
// call and one per attempt, and metrics.
//
//	client, err := bardge.New(apiKey, bardge.WithObserver(otelbardge.Observer()))
//
// # Spans
//
// A call is an internal span named "bardge.IssuePass", a child of the span in the
// call's context. Its attempts are client spans below it, named as HTTP's semantic
// conventions ask: "POST /v3/api/business/reseller/issued_passes". The gaps
// between them are the waits. A call and its attempts are recorded when the call
// ends, with the times at which they happened, so nothing is kept for calls under
// way. Spans that the program makes meanwhile (in the source of an API key, or in
// a journal's database) are children of the caller's span too.
//
//	name                       span     type    what it says
//	-------------------------  -------  ------  -------------------------------------------------
//	bardge.operation           both     string  IssuePass
//	bardge.outcome             call     string  done, rejected, not_sent, unknown
//	bardge.attempts            call     int     how many were made
//	bardge.recovered           call     bool    the lost answer was read back
//	bardge.from_journal        call     bool    an earlier call's result; nothing was sent
//	bardge.request_id          call     string  the API's id of the last answer
//	bardge.replayed            both     bool    the (last) answer was one that the server had stored
//	bardge.key.age_ms          both     int     since the key may first have been sent, at the (last)
//	                                            attempt's end; absent where no key has a window
//	error.type                 both     string  on failure; see below
//	bardge.verdict             attempt  string  done, ambiguous, refused, ...
//	bardge.reason              attempt  string  why, in fixed words
//	bardge.wait_ms             attempt  int     the wait that followed; absent if none did
//	bardge.connection.reused   attempt  bool    the connection had served others
//	http.request.method        attempt  string  POST
//	http.request.resend_count  attempt  int     from the second attempt on: 1, 2, ...
//	http.response.status_code  attempt  int     if an answer came
//	server.address             attempt  string  the base URL's host
//	server.port                attempt  int     the base URL's port
//	url.scheme                 attempt  string  https
//	url.template               attempt  string  the path, with {id} and the like in place of ids
//
// The error.type of an attempt is its status from 400 on, otherwise its reason
// with underscores, such as connection_reset. That of a call is its last
// attempt's, and not_attempted if none was made. A failed call's status says why,
// in fixed words.
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
//
// The gauge is a client's: clients of the same server that share a MeterProvider
// write over each other's.
//
// # What is left out
//
// Neither spans nor metrics hold a key, a token, a header, a body or an id of the
// API's other than that of the request: url.full is therefore not set, although
// the semantic conventions ask for it.//
// No trace context is sent. The server is somebody else's, and a traceparent that
// names the attempt would make its header differ from attempt to attempt, while
// every repetition must be the same request. [bardge.WithHeader] sends that of the
// caller's span, the same on every attempt, where the vendor wants it.
package otelbardge
