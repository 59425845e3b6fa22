// Package attachments ties the records that name photos, signatures and scans to the files
// themselves: who may read one, which are missing, and how the office opens one. The files lie in
// the store of sync/blob; the records travel like all others, ahead of their files.
package attachments

// Collection is the collection of attachments, Services the one whose secrecy they share.
const (
	Collection = "attachments"
	Services   = "services"
)

// Photo is the kind whose content must be a picture.
const Photo = "photo"

// Sealed is the secrecy that hides a service and all that belongs to it.
const Sealed = "sealed"

// Item is an attachment as the office sees it in a list: no name, no content.
type Item struct {
	ID    string `db:"id" json:"id"`
	Kind  string `db:"kind" json:"kind"`
	Mime  string `db:"mime" json:"mime"`
	Size  int64  `db:"size" json:"size"`
	State string `db:"state" json:"state"` // here, awaited, or the code of its refusal
}

// States of an item beside refusals.
const (
	Here    = "here"
	Awaited = "awaited"
)
