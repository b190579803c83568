package idem

import (
	"bytes"

	"github.com/bardge/bardge-go/idem/internal/sendonce"
)

// evidence is what one attempt has shown, before it is classified.
type evidence struct {
	sendonce.Evidence

	value       any     // of the decoded body, and so one whole JSON object; nil: not decoded
	odd         *oddity // nil for most responses
	contradicts bool    // the body of a success shows another state than the one asked for
	proven      bool    // that it could be decoded proves the execution
}

// oddity is what is odd about a response.
type oddity struct {
	beginning []byte  // of a body that is not whole
	drift     []Drift // that Call.Decode found
	unfit     error   // why there is no value
}

// unfit is why the body could not be decoded, if that was tried.
func (s *evidence) unfit() error {
	if s.odd == nil {
		return nil
	}
	return s.odd.unfit
}

// readable is what of the body was read: all of it, or its beginning.
func (s *evidence) readable() []byte {
	if s.odd != nil && s.Body == nil {
		return s.odd.beginning
	}
	return s.Body
}

// maxTrust is the longest body that is decoded for a caller who may have left,
// and what is kept of one that is not whole, in bytes.
const maxTrust = 64 << 10

// understand decodes the body of a success, so that it is read through only
// once, and keeps the beginning of a body that is not whole, as proof.
func (o *operation) understand(s *evidence) {
	if s.BodyErr == nil && len(s.Body) > maxTrust {
		s.BodyErr = o.ctx.Err() // a caller who has left gets no large body decoded
	}
	if s.TooLarge || s.BodyErr != nil {
		s.odd = &oddity{beginning: bytes.Clone(s.Body[:min(len(s.Body), maxTrust)])}
		s.Body = nil
	}
	if s.Body == nil || !o.call.Request.Operation.succeeds(s.Status) {
		return
	}
	if o.call.Decode != nil {
		value, drift, err := o.decoded(s.Body, false)
		s.value, s.proven = value, o.call.DecodeProves && err == nil
		if drift != nil || err != nil {
			s.odd = &oddity{drift: drift, unfit: err}
		}
	}
	s.contradicts = o.call.Confirms != nil &&
		!o.call.Confirms(&Response{Status: s.Status, Header: s.Header, Body: s.Body, Value: s.value})
}
