package sim

// mutation is a broken engine, broken from outside.
type mutation struct {
	phone func(*handset)
}
