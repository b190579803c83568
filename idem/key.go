package idem

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// Key is an idempotency key with what is known of it, which its copies share:
// whether it may have been sent, since when, with what request, and what became
// of it. The zero Key is no key.
//
// A key is an identifier, not a secret: it opens nothing without the API key.
// As JSON it is a string, which is read as SentKey does.
type Key struct {
	value   string
	tracker *keyTracker
}

// NewKey mints a key that was never sent: a UUID version 7, dated now. Where a
// vendor wants another form, [Engine.NewKey] mints it.
func NewKey() Key {
	return Key{value: canonicalUUID(newUUIDv7(time.Now())), tracker: newKeyTracker()}
}

// UnsentKey makes a key of s, which was never sent. An engine that may have
// executed an operation under s within a day takes it for sent all the same. It
// fails if s is empty; the call checks the vendor's own limits.
func UnsentKey(s string) (Key, error) {
	if s == "" {
		return Key{}, badKey("is empty")
	}
	return Key{value: s, tracker: newKeyTracker()}, nil
}

// SentKey makes a key of s, which may have been sent since then. A zero since
// means the date inside s, which must then be a UUID version 7 in its canonical
// form of 36 characters, or its 32 digits, dated between 2000 and tomorrow.
func SentKey(s string, since time.Time) (Key, error) {
	if s == "" {
		return Key{}, badKey("is empty")
	}
	date, dated := keyDate(s, time.Now())
	if since.IsZero() && !dated {
		return Key{}, badKey("has no date in it; say since when it may have been sent")
	}
	// A key is not sent before it is minted, so the window never ends later than
	// its date plus the TTL (R7).
	if since.IsZero() || dated && date.Before(since) {
		since = date
	}
	return Key{value: s, tracker: newSentKeyTracker(since)}, nil
}

// String returns the key as it is sent, to be stored before the call.
func (k Key) String() string { return k.value }

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.value == "" }

// MarshalText writes the key as it is sent; the zero Key is empty.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.value), nil }

// UnmarshalText reads a key as SentKey does with a zero time: it must be dated.
// An empty text is the zero Key.
func (k *Key) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*k = Key{}
		return nil
	}
	read, err := SentKey(string(text), time.Time{})
	if err == nil {
		*k = read
	}
	return err
}

// Format prints the key's value and nothing else, under every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.value)) }

// LogValue logs the key's value and nothing else.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.value) }

// newUUIDv7 returns a UUID version 7 dated now. The date is written over a
// random UUID (R2): the library's own version 7 takes its time from a clock that
// never goes back, so that after the wall clock was set back its dates lie in
// the future.
func newUUIDv7(now time.Time) uuid.UUID {
	id := uuid.New()
	ms := uint64(now.UnixMilli())
	id[0], id[1] = byte(ms>>40), byte(ms>>32)
	binary.BigEndian.PutUint32(id[2:6], uint32(ms))
	id[6] = id[6]&0x0f | 0x70
	return id
}

func uuidDate(id uuid.UUID) time.Time {
	return time.UnixMilli(int64(id[0])<<40 | int64(id[1])<<32 | int64(binary.BigEndian.Uint32(id[2:6])))
}

// keyDate reads the date inside a UUID version 7, as the engine mints it. Dates before 2000,
// where virtual time begins, or after tomorrow are taken for chance. A date
// that is wrongly believed makes a key old, and so refused.
func keyDate(s string, now time.Time) (time.Time, bool) {
	id, err := uuid.Parse(s)
	minted := err == nil && (canonicalUUID(id) == s || uuidDigits(id) == s)
	if !minted || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return time.Time{}, false
	}
	date := uuidDate(id)
	if date.Year() < 2000 || date.After(now.Add(24*time.Hour)) {
		return time.Time{}, false
	}
	return date, true
}

// derive makes the bytes of the key of a ref's generation: a UUID version 8 over
// the parts.
func derive(parts ...string) uuid.UUID {
	sum := digestOf(nil, parts...)
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}
