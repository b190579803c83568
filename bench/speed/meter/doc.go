// Package meter measures what the clients of package peers cost, side by side.
//
// A [Course] is one client at work. [Race] lets all courses run in turn, in short
// blocks whose order changes from round to round, so that whatever else the
// machine does hits all of them alike, and takes medians. [GarbageOf] and
// [InFlight] measure memory.
//
// Two servers answer: [Instant], a RoundTripper without a network, and
// [Loopback]. Both say the same, as fast as they can, and keep nothing; every
// call that is measured is checked to have brought its pass.
package meter
