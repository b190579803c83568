// Package riverbardge works operations of the API as jobs of River, a job queue
// on PostgreSQL, on any number of processes: each operation once, at one pace.
//
//   - [NewWorker] makes a worker of a function that calls the API, and turns the
//     call's outcome into what River does with the job.
//   - [InsertMany] and [InsertCSV] insert jobs inside a transaction of the
//     caller's.
//   - [Pace] keeps one rate for all processes, in a row of PostgreSQL.
//   - [AddRecovery] runs one recovery for the fleet.
//
// All processes need a durable journal in common, such as journal/postgres: it
// decides whether an operation was executed. The queue repeats jobs, and its
// cleaner deletes them.
package riverbardge
