// Package scenarios has the stories of a check of the API.
package scenarios
