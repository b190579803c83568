// Package bulk runs many items on a PostgreSQL journal whose server crashes in
// mid-run. Module bulk does not depend on PostgreSQL, so its tests cannot.
package bulk
