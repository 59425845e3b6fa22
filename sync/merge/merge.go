// Package merge folds one edit into a record, field by field. Pure: the order in
// which edits arrive does not change the outcome.
package merge

import "cunju/sync/stamp"

// State is a record as replicas agree on it. Fields whose stamp equals Head are
// not listed in Stamps: most records are written once and cost nothing extra.
type State struct {
	Set    map[string]any
	Head   stamp.Stamp            // newest stamp of any change of the record; Head.ID is its rev
	Stamps map[string]stamp.Stamp // fields older than Head
}

// Stamp returns the stamp of a field, zero when the field was never set.
func (s *State) Stamp(field string) stamp.Stamp {
	if _, ok := s.Set[field]; !ok {
		return stamp.Stamp{}
	}
	if t, ok := s.Stamps[field]; ok {
		return t
	}
	return s.Head
}

// Lost is a value that an edit overwrote or that lost to a newer one.
type Lost struct {
	Field string
	Value any         // the value that does not stand
	By    stamp.Stamp // the change it came from
	Over  stamp.Stamp // the change whose value stands
}

// Fold applies set at stamp at. groups maps a field to the name of its field
// group; a group moves as one. It returns what was overwritten by this edit and what of this edit lost.
func (s *State) Fold(set map[string]any, at stamp.Stamp, groups map[string]string) (overwritten, lost []Lost) {
	if s.Set == nil {
		s.Set = map[string]any{}
	}
	loses := s.losingGroups(set, at, groups)
	old := s.Head
	if at.Newer(old) {
		s.raise(at)
	}
	for field, value := range set {
		had, was := s.Set[field], s.Stamp(field)
		_, known := s.Set[field]
		if was == at && known {
			continue // the same change again
		}
		if loses[groupOf(field, groups)] || (known && !at.Newer(was)) {
			lost = append(lost, Lost{field, value, at, was})
			continue
		}
		if known {
			overwritten = append(overwritten, Lost{field, had, was, at})
		}
		s.Set[field] = value
		s.setStamp(field, at)
	}
	return overwritten, lost
}

// losingGroups finds the groups of set of which some member is already newer than at.
func (s *State) losingGroups(set map[string]any, at stamp.Stamp, groups map[string]string) map[string]bool {
	loses := map[string]bool{}
	for field := range set {
		g := groupOf(field, groups)
		if g == field {
			continue
		}
		for member := range s.Set {
			if groupOf(member, groups) == g && s.Stamp(member).Newer(at) {
				loses[g] = true
			}
		}
	}
	return loses
}

func groupOf(field string, groups map[string]string) string {
	if g := groups[field]; g != "" {
		return "group " + g
	}
	return field
}

// raise makes at the head: fields that relied on the old head get it written out.
func (s *State) raise(at stamp.Stamp) {
	for field := range s.Set {
		if _, ok := s.Stamps[field]; !ok {
			s.ensure()[field] = s.Head
		}
	}
	s.Head = at
}

func (s *State) setStamp(field string, at stamp.Stamp) {
	if at == s.Head {
		delete(s.Stamps, field)
		return
	}
	s.ensure()[field] = at
}

func (s *State) ensure() map[string]stamp.Stamp {
	if s.Stamps == nil {
		s.Stamps = map[string]stamp.Stamp{}
	}
	return s.Stamps
}

// Join merges another replica's state of the same record; equal to folding the
// changes that made it.
func (s *State) Join(o State, groups map[string]string) {
	if s.Set == nil {
		s.Set = map[string]any{}
	}
	if o.Head.Newer(s.Head) {
		s.raise(o.Head)
	}
	for field, value := range o.Set {
		theirs := o.Stamp(field)
		if _, known := s.Set[field]; !known || theirs.Newer(s.Stamp(field)) {
			s.Set[field] = value
			s.setStamp(field, theirs)
		}
	}
}
