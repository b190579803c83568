package idem

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

func answered(status int, body string, change ...func(*evidence)) evidence {
	s := evidence{Evidence: sendonce.Evidence{Status: status, Body: []byte(body), Header: http.Header{
		"Content-Type": {"application/json; charset=utf-8"},
		"Request-Id":   {"req_1"},
	}}}
	for _, f := range change {
		f(&s)
	}
	return s
}

func marked(s *evidence)   { s.Header.Set("X-Replayed", "true") }
func inXML(s *evidence)    { s.Header.Set("Content-Type", "application/xml; charset=utf-8") }
func located(s *evidence)  { s.Header.Set("Location", "/things/1") }
func html(s *evidence)     { s.Header.Set("Content-Type", "text/html") }
func plain(s *evidence)    { s.Header.Set("Content-Type", "text/plain; charset=utf-8") }
func untyped(s *evidence)  { s.Header.Del("Content-Type") }
func unnamed(s *evidence)  { s.Header.Del("Request-Id") }
func tooLarge(s *evidence) { s.TooLarge, s.Body = true, nil }
func cut(s *evidence)      { s.BodyErr, s.Body = io.ErrUnexpectedEOF, nil }

func coded(encoding, text string) string {
	return `<?xml version="1.0" encoding="` + encoding + `"?><a>` + text + `</a>`
}

func failed(p sendonce.Proof, err error, change ...func(*evidence)) evidence {
	why := sendonce.CauseOf(err)
	s := evidence{Evidence: sendonce.Evidence{Err: err, Proof: p, Cause: why}}
	for _, f := range change {
		f(&s)
	}
	return s
}

func reused(s *evidence)    { s.Reused = true }
func cancelled(s *evidence) { s.Cancelled = true }

func TestTable_WhatOneAttemptProves(t *testing.T) {
	const object, array, null, text = `{"id":"x"}`, `[{}]`, `null`, `<html>`
	const failedObject = `{"error":{"code":"failed"}}`
	refusedDial := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	const document, errorDocument = `<?xml version="1.0"?><a><b/></a>`, `<error>some_code</error>`
	xmlAnswer := Operation{Class: Keyed, Success: []int{200}, BodyFormat: BodyXML}
	arrayAnswer := Operation{Class: Keyed, Success: []int{200}, BodyFormat: BodyJSONArray}
	textAnswer := Operation{Class: Keyed, Success: []int{200}, BodyFormat: BodyText}
	anyAnswer := Operation{Class: Keyed, Success: []int{200}, BodyFormat: BodyAny}
	headerAnswer := Operation{Class: Keyed, Success: []int{200, 201}, ResultHeader: "Location"}
	own := testOperation(Idempotent)
	own.Classify = func(int, http.Header, []byte) Signal { return SignalAlreadyApplied }
	reset := &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	for _, row := range []struct {
		rule    string
		s       evidence
		verdict Verdict
		again   retryHint
		op      Operation // Keyed where not set
		known   known
		doubt   bool // the outcome so far is unknown, else not sent
		final   bool // NoRetryOn500
	}{
		{rule: "refused by the SDK itself", s: failed(sendonce.ProofNotTried, sendonce.ErrTooLate), verdict: VerdictNothingSent, again: retryNever},
		{rule: "context over before a connection", s: failed(sendonce.ProofNoConn, context.Canceled, cancelled), verdict: VerdictNothingSent, again: retryNever},
		{rule: "no connection: refused", s: failed(sendonce.ProofNoConn, refusedDial), verdict: VerdictNothingSent, again: retryBackoff},
		{rule: "no connection: no route", s: failed(sendonce.ProofNoConn, syscall.EHOSTUNREACH), verdict: VerdictNothingSent, again: retryBackoff},
		{rule: "no connection: timeout", s: failed(sendonce.ProofNoConn, sendonce.ErrAttemptTimeout), verdict: VerdictNothingSent, again: retryBackoff},
		{rule: "no connection: DNS out of order", s: failed(sendonce.ProofNoConn, &net.DNSError{IsTemporary: true}), verdict: VerdictNothingSent, again: retryBackoff},
		{rule: "no connection: name not found", s: failed(sendonce.ProofNoConn, &net.DNSError{IsNotFound: true}), verdict: VerdictNothingSent, again: retryNever},
		{rule: "no connection: certificate", s: failed(sendonce.ProofNoConn, &tls.CertificateVerificationError{Err: errors.New("x")}), verdict: VerdictNothingSent, again: retryNever},
		{rule: "own connection, no byte, fresh", s: failed(sendonce.ProofNoByte, reset), verdict: VerdictNothingSent, again: retryBackoff},
		{rule: "own connection, no byte, pooled: at once", s: failed(sendonce.ProofNoByte, reset, reused), verdict: VerdictNothingSent, again: retryNow},
		{rule: "any other error before a status line", s: failed(sendonce.ProofNone, io.EOF), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "attempt timeout after a connection", s: failed(sendonce.ProofNone, sendonce.ErrAttemptTimeout, reused), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R17 break on a pooled connection: at once the first time", s: failed(sendonce.ProofNone, reset, reused), verdict: VerdictAmbiguous, again: retryNow},
		{rule: "R17 break on a pooled connection: later the second time", s: failed(sendonce.ProofNone, reset, reused), known: known{pooledConnFailed: true}, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "the caller cancelled", s: failed(sendonce.ProofNone, context.Canceled, cancelled), verdict: VerdictAmbiguous, again: retryNever},

		{rule: "success 200", s: answered(200, object), verdict: VerdictDone, again: retryNever},
		{rule: "success 201", s: answered(201, object), verdict: VerdictDone, again: retryNever},
		{rule: "success that is a replay", s: answered(200, object, marked), verdict: VerdictDone, again: retryNever},
		{rule: "success without a content type, with the API's id", s: answered(200, object, untyped), verdict: VerdictDone, again: retryNever},
		{rule: "204 where no body is declared", s: answered(204, "", untyped, unnamed), op: Operation{Class: Keyed, Success: []int{204}, NoContent: true}, verdict: VerdictDone, again: retryNever},
		{rule: "empty 200 with the API's id where no body is declared", s: answered(200, "", untyped), op: Operation{Class: Keyed, Success: []int{200}, NoContent: true}, verdict: VerdictDone, again: retryNever},
		{rule: "empty 200 without the API's id where no body is declared", s: answered(200, "", untyped, unnamed), op: Operation{Class: Keyed, Success: []int{200}, NoContent: true}, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 over the size limit", s: answered(200, "", tooLarge, marked), verdict: VerdictResponseLost, again: retryNever},
		{rule: "R26 over the size limit, from anyone", s: answered(200, "", tooLarge), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "over the size limit, from a portal", s: answered(200, "", tooLarge, html), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "answer cut", s: answered(200, "", cut), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: answer cut", s: answered(200, "", cut, marked), verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "answer cut silently: not JSON", s: answered(200, `{"id":`), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: answer cut silently: not JSON", s: answered(200, `{"id":`, marked), verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "empty where an object is declared", s: answered(200, ""), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: empty where an object is declared", s: answered(200, "", marked), verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "R14 idempotent, answer cut: read instead", s: answered(200, "", cut, marked), op: testOperation(Idempotent), verdict: VerdictResponseLost, again: retryNever},
		{rule: "another 2xx", s: answered(202, object), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "204 where an object is declared", s: answered(204, "", untyped), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "2xx of another content type", s: answered(200, text, html), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "2xx without content type or id", s: answered(200, object, untyped, unnamed), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "2xx with error", s: answered(200, errorObject), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "2xx array", s: answered(200, array), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "2xx null", s: answered(200, null), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "2xx scalar", s: answered(200, `"x"`), verdict: VerdictAmbiguous, again: retryBackoff},

		{rule: "XML where it is declared", s: answered(200, document, inXML), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML, as text", s: answered(200, document, func(s *evidence) { s.Header.Set("Content-Type", "text/xml") }), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML that was cut silently", s: answered(200, document[:9], inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: XML that was cut silently", s: answered(200, document[:9], inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "XML with space around it", s: answered(200, "\n "+document+"\n", inXML), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML with text around it", s: answered(200, document+"text", inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: XML with text around it", s: answered(200, document+"text", inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "two XML documents", s: answered(200, document+document, inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: two XML documents", s: answered(200, document+document, inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "XML with a byte order mark", s: answered(200, "\ufeff"+document, inXML), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML in Latin-1", s: answered(200, coded("ISO-8859-1", "\xe9"), inXML), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML in Windows' Latin-1", s: answered(200, coded("windows-1252", "\x80"), inXML), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML in ASCII", s: answered(200, coded("us-ascii", "e"), inXML), op: xmlAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "XML in ASCII that is none", s: answered(200, coded("us-ascii", "\xe9"), inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: XML in ASCII that is none", s: answered(200, coded("us-ascii", "\xe9"), inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "XML in Latin-1 that was cut", s: answered(200, coded("ISO-8859-1", "\xe9")[:48], inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: XML in Latin-1 that was cut", s: answered(200, coded("ISO-8859-1", "\xe9")[:48], inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "XML that names its encoding twice", s: answered(200, coded("latin1", coded("latin1", "e")), inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: XML that names its encoding twice", s: answered(200, coded("latin1", coded("latin1", "e")), inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "XML in an encoding that is not known", s: answered(200, coded("EBCDIC-US", "e"), inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: XML in an encoding that is not known", s: answered(200, coded("EBCDIC-US", "e"), inXML, marked), op: xmlAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "XML with an error", s: answered(200, errorDocument, inXML), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "XML where JSON is declared", s: answered(200, document, inXML), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "JSON where XML is declared", s: answered(200, object), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "bare JSON where XML is declared", s: answered(200, object, func(s *evidence) { s.Header.Set("Content-Type", "application/json") }), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "HTML where XML is declared", s: answered(200, text, html), op: xmlAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "the answer in its header", s: answered(201, "", untyped, unnamed, located), op: headerAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "the answer's header is missing", s: answered(201, "", untyped, unnamed), op: headerAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "the answer's header is missing from a replay", s: answered(201, "", untyped, unnamed, marked), op: headerAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "the answer's header is missing from a 200", s: answered(200, "", untyped, unnamed), op: headerAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "the answer's header, and a body that was cut", s: answered(201, "", located, cut), op: headerAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 replayed: the answer's header, and a body that was cut", s: answered(201, "", located, cut, marked), op: headerAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "a header that is no answer", s: answered(201, "", untyped, unnamed, located), verdict: VerdictAmbiguous, again: retryBackoff},

		{rule: "status below 200", s: answered(101, ""), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "status above 599", s: answered(999, object), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "3xx", s: answered(307, ""), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "3xx, once too often", s: answered(307, ""), known: known{intermediaries: 2}, verdict: VerdictAmbiguous, again: retryNever},
		{rule: "3xx, key unverified", s: answered(307, ""), op: testOperation(KeyUnverified), verdict: VerdictAmbiguous, again: retryNever},
		{rule: "3xx, read", s: answered(307, ""), op: testOperation(Safe), verdict: VerdictAmbiguous, again: retryNever},

		{rule: "5xx with the replay mark", s: answered(500, errorObject, marked), verdict: VerdictAmbiguous, again: retryNever},
		{rule: "501", s: answered(501, errorObject), verdict: VerdictAmbiguous, again: retryNever},
		{rule: "505", s: answered(505, errorObject), verdict: VerdictAmbiguous, again: retryNever},
		{rule: "500", s: answered(500, errorObject), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "500, NoRetryOn500", s: answered(500, errorObject), final: true, verdict: VerdictAmbiguous, again: retryNever},
		{rule: "502, NoRetryOn500", s: answered(502, text, html), final: true, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "5xx cut", s: answered(503, "", cut), verdict: VerdictAmbiguous, again: retryBackoff},

		{rule: "R14 already so", s: answered(409, `{"error":{"code":"already"}}`), op: testOperation(Idempotent), verdict: VerdictAlreadyApplied, again: retryNever},
		{rule: "the operation's own classifier", s: answered(400, errorObject), op: own, verdict: VerdictAlreadyApplied, again: retryNever},
		{rule: "already so, not idempotent: a refusal", s: answered(409, `{"error":{"code":"already"}}`), verdict: VerdictRejected, again: retryNever},
		{rule: "R12 key reused", s: answered(409, `{"error":{"code":"key_reused"}}`), verdict: VerdictKeyReused, again: retryNever},
		{rule: "R12 key reused with the mark", s: answered(409, `{"error":{"code":"key_reused"}}`, marked), doubt: true, verdict: VerdictKeyReused, again: retryNever},
		{rule: "in progress", s: answered(409, `{"error":{"code":"in_progress"}}`), verdict: VerdictAmbiguous, again: retryUncounted},
		{rule: "the server cannot tell", s: answered(400, `{"error":{"code":"cannot_tell"}}`), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "failed, perhaps after it was executed", s: answered(400, failedObject), verdict: VerdictAmbiguous, again: retryLimited},
		{rule: "failed, with the replay mark", s: answered(400, failedObject, marked), verdict: VerdictAmbiguous, again: retryNever},
		{rule: "failed as a 500", s: answered(500, failedObject), verdict: VerdictAmbiguous, again: retryLimited},
		{rule: "refused in XML", s: answered(404, errorDocument, inXML), verdict: VerdictRejected, again: retryNever},
		{rule: "refused in XML that was cut", s: answered(404, "", inXML, cut), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R12 4xx with the replay mark", s: answered(400, errorObject, marked), doubt: true, verdict: VerdictRejectedStored, again: retryNever},
		{rule: "425", s: answered(425, text, html), verdict: VerdictRejected, again: retryBackoff},
		{rule: "429", s: answered(429, text, html), verdict: VerdictRejected, again: retryPaced},
		{rule: "429 with the replay mark", s: answered(429, errorObject, marked), verdict: VerdictRejectedStored, again: retryNever},
		{rule: "407", s: answered(407, text, html), verdict: VerdictRejected, again: retryNever},
		{rule: "411", s: answered(411, "", cut), verdict: VerdictRejected, again: retryNever},
		{rule: "413", s: answered(413, text), verdict: VerdictRejected, again: retryNever},
		{rule: "414", s: answered(414, text), verdict: VerdictRejected, again: retryNever},
		{rule: "417", s: answered(417, text), verdict: VerdictRejected, again: retryNever},
		{rule: "421", s: answered(421, text), verdict: VerdictRejected, again: retryNever},
		{rule: "426", s: answered(426, text), verdict: VerdictRejected, again: retryNever},
		{rule: "431", s: answered(431, text), verdict: VerdictRejected, again: retryNever},
		{rule: "other 4xx with the API's object", s: answered(404, errorObject), verdict: VerdictRejected, again: retryNever},
		{rule: "R26 an array", s: answered(200, array), op: arrayAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "R26 an array, empty", s: answered(200, " []"), op: arrayAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "R26 an object for an array", s: answered(200, object), op: arrayAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 half an array", s: answered(200, "[{"), op: arrayAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 an array of no media type", s: answered(200, array, untyped, unnamed), op: arrayAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 text", s: answered(200, "OK", plain), op: textAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "R26 no text", s: answered(200, " ", plain), op: textAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 a page for text", s: answered(200, text, html), op: textAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 JSON for text", s: answered(200, object), op: textAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 text, cut", s: answered(200, "", plain, cut), op: textAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 anything", s: answered(200, text, html, unnamed), op: anyAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "R26 anything: nothing", s: answered(200, "", untyped, unnamed), op: anyAnswer, verdict: VerdictDone, again: retryNever},
		{rule: "R26 anything, cut", s: answered(200, "", cut), op: anyAnswer, verdict: VerdictResponseLost, again: retryBackoff},
		{rule: "R26 anything, too large", s: answered(200, "", huge), op: anyAnswer, verdict: VerdictResponseLost, again: retryNever},
		{rule: "R26 anything but the API's error", s: answered(200, errorObject), op: anyAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R26 anything, of another status", s: answered(202, "", untyped), op: anyAnswer, verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "408 with the API's object", s: answered(408, errorObject), verdict: VerdictRejected, again: retryNever},
		{rule: "R12 refusal after doubt: once more", s: answered(404, errorObject), doubt: true, verdict: VerdictRejected, again: retryOnce},
		{rule: "R12 refusal after doubt, asked already", s: answered(404, errorObject), doubt: true, known: known{refusalRechecked: true}, verdict: VerdictRejected, again: retryNever},
		{rule: "R12 refusal after doubt without a key", s: answered(404, errorObject), op: testOperation(Idempotent), doubt: true, verdict: VerdictRejected, again: retryNever},
		{rule: "408 without the object", s: answered(408, text, html), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "other 4xx without the object", s: answered(403, text, html), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "other 4xx without the object, once too often", s: answered(403, text, html), known: known{intermediaries: 2}, verdict: VerdictAmbiguous, again: retryNever},
		{rule: "other 4xx without the object, read", s: answered(403, text, html), op: testOperation(Safe), verdict: VerdictAmbiguous, again: retryNever},
		{rule: "other 4xx with another object", s: answered(403, `{"message":"no"}`), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R12 4xx with the mark, cut: it may be that the first one runs", s: answered(409, "", cut, marked), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "R12 4xx with the mark, over the size limit", s: answered(409, "", tooLarge, marked), verdict: VerdictAmbiguous, again: retryBackoff},
		{rule: "4xx cut: asked again", s: answered(400, "", cut), verdict: VerdictAmbiguous, again: retryBackoff},
	} {
		t.Run(row.rule, func(t *testing.T) {
			op := row.op
			if op.Success == nil {
				op = testOperation(Keyed)
			}
			if !row.doubt {
				row.known.outcome = OutcomeNotSent
			}
			p, err := testProfile().withDefaults()
			assert.NoError(t, err)
			j := classify(&op, &p, row.final, &row.s, row.known)
			assert.Equal(t, row.verdict, j.verdict)
			assert.Equal(t, row.again, j.retry)
			assert.NotEmpty(t, j.reason)
			assert.Equal(t, row.s.Header.Get("X-Replayed") != "", j.replayed)
		})
	}
}

// FuzzTable_Judge: in any answer, only the API's own success is
// done, and only the API or HTTP itself refuses.
func FuzzTable_Judge(f *testing.F) {
	for _, body := range []string{`{}`, `{"error":{"code":"already"}}`, `null`, `[`, ``, `<html>`, `{"error":1}`, "\ufeff{}"} {
		for _, status := range []int{101, 200, 204, 302, 409, 429, 500} {
			f.Add(status, body, "application/json", true)
		}
	}
	p, err := testProfile().withDefaults()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, status int, body, contentType string, mark bool) {
		s := evidence{Evidence: sendonce.Evidence{Status: status, Body: []byte(body), Header: http.Header{"Content-Type": {contentType}}}}
		if mark {
			marked(&s)
		}
		for _, class := range []Class{Safe, Keyed, Idempotent, KeyUnverified} {
			op := testOperation(class)
			j := classify(&op, &p, false, &s, known{outcome: OutcomeNotSent})
			switch j.verdict {
			case VerdictDone:
				var object map[string]json.RawMessage
				assert.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(body, "\ufeff")), &object))
				assert.Contains(t, []int{200, 201}, status)
			case VerdictResponseLost:
				assert.Contains(t, []int{200, 201}, status)
			case VerdictRejected, VerdictRejectedStored, VerdictKeyReused, VerdictAlreadyApplied:
				assert.True(t, status >= 400 && status < 500, status)
			case VerdictNothingSent:
				assert.Fail(t, "an answer proves that something was sent")
			}
		}
	})
}

// FuzzXML_Latin1: a document reads the same in Latin-1 and in UTF-8.
func FuzzXML_Latin1(f *testing.F) {
	for _, rest := range []string{"<a>\xe9</a>", "<\xe9/>", "<a>\x80</a>", "<a>", "\xff", ""} {
		f.Add([]byte(rest))
	}
	f.Fuzz(func(t *testing.T, rest []byte) {
		if bytes.Contains(rest, []byte("<?xml")) {
			return // names an encoding of its own
		}
		runes := make([]rune, len(rest))
		for i, b := range rest {
			runes[i] = rune(b)
		}
		const latin, utf = `<?xml version="1.0" encoding="ISO-8859-1"?>`, `<?xml version="1.0" encoding="UTF-8"?>`
		assert.Equal(t, isDocument([]byte(utf+string(runes))), isDocument(append([]byte(latin), rest...)))
	})
}
