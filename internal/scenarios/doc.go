// Package scenarios tests the clients as their users see them: through exported
// names alone, against scripted servers and the sandboxes. The stories here
// hold for each vendor and are run for each; below are those of one vendor.
package scenarios
