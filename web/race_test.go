//go:build race

package web

// raced tells that the race detector is at work.
const raced = true
