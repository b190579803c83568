// Package sdk is what the packages that users import have in common around the
// engine, independent of the vendor: how settings are checked, how calls are
// printed and logged, how fields are added to a body.
//
// Text for printing comes from an allow-list: no key unless the text is about
// it, no header, no body.
package sdk
