package wire

import "cunju/sync/batch"

// Answer is one line of a push's answer: a receipt, a batch's error, or, as the
// last line, the server's time. Taus stand beside the receipt of a batch that the server has with other stamps than
// the forwarding node now says: that node lost it and gave new ones.
type Answer struct {
	Receipt *batch.Receipt `json:"receipt,omitzero"`
	Taus    []int64        `json:"taus,omitempty"`
	Error   *BatchError    `json:"error,omitzero"`
	Now     int64          `json:"now,omitzero"`
}

// BatchError says why one batch was not taken (docs/sync.md §7).
type BatchError struct {
	Code    string `json:"code"`
	Install string `json:"install,omitempty"`
	No      int64  `json:"no,omitzero"`
	Expect  int64  `json:"expect,omitzero"`
}

// FeedLine is one line of a feed's answer; which fields are set tells its kind.
type FeedLine struct {
	Reset string `json:"reset,omitempty"`
	Gone  string `json:"gone,omitempty"` // a feed that its reader lost the right to
	Feed  string `json:"feed,omitempty"`
	Epoch string `json:"epoch,omitempty"`

	C      string           `json:"c,omitempty"`
	R      string           `json:"r,omitempty"`
	Rev    string           `json:"rev,omitempty"`
	Tau    int64            `json:"tau,omitzero"`
	Seq    int64            `json:"seq,omitzero"`
	Set    map[string]any   `json:"set,omitempty"`
	Ft     map[string][]any `json:"ft,omitempty"`
	Remove bool             `json:"remove,omitzero"`

	Checkpoint *Checkpoint    `json:"checkpoint,omitzero"`
	Receipt    *batch.Receipt `json:"receipt,omitzero"`
	Rn         int64          `json:"rn,omitzero"`

	Revocations *batch.Revocations `json:"revocations,omitzero"` // to nodes only

	Now     int64    `json:"now,omitzero"`
	Regions []string `json:"regions,omitempty"`
	State   string   `json:"state,omitempty"`
	LastNo  *int64   `json:"last_no,omitempty"` // of the asking install's batches that the server has
	Renew   bool     `json:"renew,omitzero"`    // the certificate should be renewed
}

// Checkpoint closes a feed. Count and Sum hold only when More is false.
type Checkpoint struct {
	Feed  string `json:"feed"`
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
	More  bool   `json:"more"`
	Count int64  `json:"count"`
	Sum   string `json:"sum"`
}
