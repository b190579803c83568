// Package scenarios tests the client as its users see it: through exported
// names alone, against scripted servers and the sandbox.
package scenarios
