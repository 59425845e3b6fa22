// Package ratings lets the person who was served have the last word: a public
// page behind a code, the rules of what a rating may hold, and the projection
// that joins a rating to its service whichever of the two arrives first.
package ratings

import (
	"slices"
	"strings"
)

// Collection is the synced collection; ratings are created once and never edited.
const Collection = "ratings"

// Grades of rule Q1. The two lowest are bad ratings.
const (
	VeryBad  = 1
	Bad      = 2
	Fair     = 3
	Good     = 4
	VeryGood = 5
)

// Grades lists all grades in the order in which the page shows them.
var Grades = []int{VeryGood, Good, Fair, Bad, VeryBad}

// IsBad says whether a grade is one that must be answered (差评).
func IsBad(grade int) bool { return grade <= Bad }

// Reasons that may be ticked; they speak of the service, never of a person.
var Reasons = []string{"attitude", "unclear", "slow", "no_help", "absent", "fee", "privacy", "record_wrong", "other"}

// Helpers who may have held the phone for an elder (Q5); "" is the person alone.
// What the counsel filled in is kept and never counted (Q3).
var Helpers = []string{"family", "clerk", ByCounsel, "other"}

// ByCounsel is the helper who is the one that is rated.
const ByCounsel = "counsel"

// SecondAnswers are the three of the question that is asked again after a bad rating
// was handled (Q6).
var SecondAnswers = []string{"satisfied", "fair", "unsatisfied"}

// Origins: the tier of the node whose page took the rating.
var Origins = []string{"township", "city"}

// Windows in days (Q2).
const (
	CountDays  = 30 // from the service: later first ratings are kept, not counted
	AmendDays  = 30 // from the first rating: later amendments are refused
	OrphanDays = 60 // a rating whose service has not come by then never counts
)

// Limits. Characters, not bytes; MaxVoices bounds what one browser can add to one code.
const (
	MaxRemark   = 500
	MaxPhone    = 30 // as typed
	MaxPerVoice = 6
	MaxPerCode  = 50
)

// Flags is what the node noticed when it took the rating. A record holds them as
// a list of words.
type Flags struct {
	// Voice names the browser for this one code and nothing else: the same
	// browser has another voice at another code. 16 hexadecimal digits.
	Voice string
	// SecondVoice: another browser had rated this code before.
	SecondVoice bool
	// Amends: the same browser had rated before; the newest counts.
	Amends bool
	// Late: more than CountDays after the day of the code.
	Late bool
	// Crowd: one browser rated three or more services of one counsel in 30 days.
	Crowd bool
	// Block is the same for the ratings of one day, node and address block, and says
	// nothing else: the key it was made with is gone. 16 hexadecimal digits.
	Block string
	// Side: the counsel's phone had spoken from the same block that day.
	Side bool
	// Channel is how it came where no page was used: "slip" or "phone", keyed in at a desk.
	Channel string
}

const (
	flagVoice  = "voice:"
	flagSecond = "second_voice"
	flagAmends = "amends"
	flagLate   = "late"
	flagCrowd  = "crowd"
	flagSide   = "side"
	flagBlock  = "block:"
)

// Channels besides the page (Q5).
var Channels = []string{"slip", "phone"}

// List is the form that a record holds.
func (f Flags) List() []string {
	list := []string{}
	if f.Voice != "" {
		list = append(list, flagVoice+f.Voice)
	}
	if f.Block != "" {
		list = append(list, flagBlock+f.Block)
	}
	if f.Channel != "" {
		list = append(list, f.Channel)
	}
	for _, flag := range []struct {
		set  bool
		word string
	}{{f.SecondVoice, flagSecond}, {f.Amends, flagAmends}, {f.Late, flagLate}, {f.Crowd, flagCrowd}, {f.Side, flagSide}} {
		if flag.set {
			list = append(list, flag.word)
		}
	}
	return list
}

// flagsOf reads the list; ok is false for a word that no node writes.
func flagsOf(list []string) (f Flags, ok bool) {
	for _, word := range list {
		voice, isVoice := strings.CutPrefix(word, flagVoice)
		block, isBlock := strings.CutPrefix(word, flagBlock)
		switch {
		case isBlock && f.Block == "" && voiceForm.MatchString(block):
			f.Block = block
		case slices.Contains(Channels, word) && f.Channel == "":
			f.Channel = word
		case word == flagSide && !f.Side:
			f.Side = true
		case isVoice && f.Voice == "" && voiceForm.MatchString(voice):
			f.Voice = voice
		case word == flagSecond && !f.SecondVoice:
			f.SecondVoice = true
		case word == flagAmends && !f.Amends:
			f.Amends = true
		case word == flagLate && !f.Late:
			f.Late = true
		case word == flagCrowd && !f.Crowd:
			f.Crowd = true
		default:
			return Flags{}, false
		}
	}
	return f, true
}

// Rating is one record.
type Rating struct {
	ID         string
	Region     string
	Tag        string
	Alias      string
	Day        int
	Grade      int
	Reasons    []string
	Remark     string
	Phone      string
	AssistedBy string
	Flags      Flags
	RatedAt    int64 // ms
	Origin     string
	Ruling     Ruling
}

// Ruling is what the rules and people say about counting a rating.
type Ruling int

// A rating is free, held back by a rule, or a person decided that it counts.
const (
	Free Ruling = iota
	Held
	Cleared
)

// speaks says whether the rating may stand for its service. What the counsel filled
// in may not, unless a person has looked and decided otherwise.
func (r Rating) speaks() bool {
	return r.Ruling == Cleared || r.Ruling == Free && r.AssistedBy != ByCounsel
}
