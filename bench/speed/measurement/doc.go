// Package measurement measures what a call costs with each client of peers.
//
// A [Workload] is one client at work. [Compare] runs all workloads in short
// blocks of changing order, so that other load of the machine affects all
// alike, and takes medians. [GarbageOf] and [InFlight] measure memory.
//
// Of the two servers, [MemoryTransport] has no network and [Loopback] has. Both
// send the same, as fast as possible, and store nothing; every measured call is
// checked.
package measurement
