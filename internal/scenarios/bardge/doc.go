// Package scenarios has the stories that are Bardge's own.
package scenarios
