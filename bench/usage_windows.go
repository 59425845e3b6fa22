package main

import "errors"

// usage is not measured on Windows: the figures of docs/performance.md are Linux's.
func usage() (figures, error) { return figures{}, errors.New("make bench measures on Linux") }
