// Package doctor checks an API: it sends what a plan has, and tells from the
// responses what is confirmed, what differs and what is wrong with the network,
// in words and with the lines of YAML that would make a contract true. It knows
// neither the client nor a value of a body.
package doctor
