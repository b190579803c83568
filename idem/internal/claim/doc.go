// Package claim is the record that one call owns: leased, so that no two calls
// send an operation (J3, J7), and sealed, so that what is personal in it can be
// neither read nor changed (J9, J14). It also writes JSON in one canonical
// form, by which requests are compared (J2).
package claim
