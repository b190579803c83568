package wire

// DecodeSlowly is the second reading of DecodeBy, alone.
func DecodeSlowly[T any](body []byte, read func(*Reader, *T)) (*T, []Drift, error) {
	return decodeSlowly(body, read, nil)
}
