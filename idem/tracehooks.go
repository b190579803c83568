package idem

import (
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"
)

const traceHook = "hook of a trace"

// containHooks returns the trace with each of its hooks contained.
func (p *panics) containHooks(t *httptrace.ClientTrace) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:              contained(p, t.GetConn),
		GotConn:              contained(p, t.GotConn),
		PutIdleConn:          contained(p, t.PutIdleConn),
		GotFirstResponseByte: contained0(p, t.GotFirstResponseByte),
		Got100Continue:       contained0(p, t.Got100Continue),
		Got1xxResponse:       containedResponse(p, t.Got1xxResponse),
		DNSStart:             contained(p, t.DNSStart),
		DNSDone:              contained(p, t.DNSDone),
		ConnectStart:         contained2(p, t.ConnectStart),
		ConnectDone:          containedDone(p, t.ConnectDone),
		TLSHandshakeStart:    contained0(p, t.TLSHandshakeStart),
		TLSHandshakeDone:     contained2[tls.ConnectionState, error](p, t.TLSHandshakeDone),
		WroteHeaderField:     contained2[string, []string](p, t.WroteHeaderField),
		WroteHeaders:         contained0(p, t.WroteHeaders),
		Wait100Continue:      contained0(p, t.Wait100Continue),
		WroteRequest:         contained(p, t.WroteRequest),
	}
}

func contained0(p *panics, f func()) func() {
	if f == nil {
		return nil
	}
	return func() {
		defer p.contain(traceHook)
		f()
	}
}

func contained[A any](p *panics, f func(A)) func(A) {
	if f == nil {
		return nil
	}
	return func(a A) {
		defer p.contain(traceHook)
		f(a)
	}
}

func contained2[A, B any](p *panics, f func(A, B)) func(A, B) {
	if f == nil {
		return nil
	}
	return func(a A, b B) {
		defer p.contain(traceHook)
		f(a, b)
	}
}

func containedDone(p *panics, f func(network, addr string, err error)) func(network, addr string, err error) {
	if f == nil {
		return nil
	}
	return func(network, addr string, err error) {
		defer p.contain(traceHook)
		f(network, addr, err)
	}
}

// containedResponse takes a hook that panicked for one without objection.
func containedResponse(
	p *panics, f func(int, textproto.MIMEHeader) error,
) func(int, textproto.MIMEHeader) error {
	if f == nil {
		return nil
	}
	return func(code int, header textproto.MIMEHeader) error {
		defer p.contain(traceHook)
		return f(code, header)
	}
}
