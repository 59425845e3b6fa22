package dial

import "cunju/sync/bundle"

// Enrol is the body of POST /api/sync/enrol. Kind is "" for a phone, or
// "township" for a node that joins the city; its Region must be the one that the code was made for.
type Enrol struct {
	Suite  string `json:"suite"`
	Code   string `json:"code"`
	Key    string `json:"key"`
	Name   string `json:"name"`
	Region string `json:"region,omitempty"`
}

// Named is a region, or anything else with a code and a name.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Person is who an install belongs to.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"`
	Firm string `json:"firm,omitempty"`
}

// Enrolled is the answer to Enrol. Tokens are the keys for rating codes by year, b64.
type Enrolled struct {
	Install    string            `json:"install"`
	Chain      []string          `json:"chain"`
	Staff      Person            `json:"staff"`
	Regions    []Named           `json:"regions"`
	Tokens     map[string]string `json:"tokens"`
	RatingBase string            `json:"rating_base"`
	Epoch      string            `json:"epoch"`
	Now        int64             `json:"now"`
	Box        *bundle.Box       `json:"box,omitzero"` // where files for the server go
}

// Hello is what a server says about itself to anybody.
type Hello struct {
	Tier    string   `json:"tier"`
	Install string   `json:"install"`
	Epoch   string   `json:"epoch"`
	Chain   []string `json:"chain"`
	Region  string   `json:"region"`
	Now     int64    `json:"now"`

	Box *bundle.Box `json:"box,omitzero"`
}
