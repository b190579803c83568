package idem

// oddity is what is odd about an answer.
type oddity struct {
	// beginning is what was read of a body that is not whole.
	beginning []byte
	// drift and unfit say what did not fit into the value, or why there is none.
	drift []string
	unfit error
}

// unfit says why the body could not be decoded; nil where it could, or nobody has tried.
func (s *sighting) unfit() error {
	if s.odd == nil {
		return nil
	}
	return s.odd.unfit
}

// readable is what of the body was read: all of it, or its beginning.
func (s *sighting) readable() []byte {
	if s.odd != nil && s.body == nil {
		return s.odd.beginning
	}
	return s.body
}
