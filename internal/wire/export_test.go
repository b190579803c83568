package wire

// DecodeSlowly is the second reading of DecodeBy, alone.
func DecodeSlowly[T any](body []byte, read func(*Reader, *T)) (*T, []string, error) {
	return decodeSlowly(body, read)
}
