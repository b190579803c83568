// Package scenarios has the stories that are BlueSnap's own.
package scenarios
