package journal

import "time"

// StatsAges returns the upper bounds of the ages that Stats counts separately;
// a last class has what is older.
func StatsAges() [4]time.Duration { return statsAges }

var statsAges = [4]time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour}

// Stats counts the records of a journal.
type Stats struct {
	// Pending counts the reserved and open records, ordered by operation.
	Pending []PendingStats
	// Free and Done count the records in these states.
	Free, Done int
}

// PendingStats counts the reserved and open records of one operation.
type PendingStats struct {
	// Operation is the operation's name.
	Operation string
	// Reserved and Open count the records in these states.
	Reserved, Open int
	// Oldest is the age of the oldest intent.
	Oldest time.Duration
	// Ages counts the records by age: Ages[i] those younger than StatsAges()[i]
	// and not counted before, the last one all others.
	Ages [5]int
}

// Add counts one record, with the age of its intent.
func (p *PendingStats) Add(reserved bool, age time.Duration) {
	if reserved {
		p.Reserved++
	} else {
		p.Open++
	}
	p.Oldest = max(p.Oldest, age)
	class := 0
	for class < len(statsAges) && age >= statsAges[class] {
		class++
	}
	p.Ages[class]++
}
