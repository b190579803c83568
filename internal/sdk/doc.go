// Package sdk is what the packages that users import have in common around
// the engine, and what no vendor differs in: how settings are checked, how a
// call's way is printed and logged, how fields are added to a body.
//
// What is printed stands on an allow-list: no key but where it is asked for, no
// header, no body.
package sdk
