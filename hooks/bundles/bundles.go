// Package bundles lets the office take and make files where no network goes: a phone's work on a
// stick, or a township's towards the city. What a file holds is the business of sync; here is who may bring one.
package bundles

// Kinds of file, as the answer to an import says.
const (
	Work   = "work"   // somebody's batches: an answer goes back
	Answer = "answer" // the city's answer to a file of this node
)

// Media is the type of a file, Suffix the end of its name.
const (
	Media  = "application/vnd.cunju.bundle"
	Suffix = ".cunju"
)

// Taken tells what an import did.
type Taken struct {
	Kind     string `json:"kind"`
	From     string `json:"from"` // install
	Name     string `json:"name"` // of the device or office, from its certificate
	Receipts int    `json:"receipts"`
	Failed   int    `json:"failed"` // batches that were answered with an error
	answer   []byte
}
