// Package sdk is what vendors' clients have in common around the engine: how
// settings are checked, calls printed and logged, fields added to a body.
//
// Text for printing comes from an allow-list: no header, no body, and a key
// only if the text is about it.
package sdk
