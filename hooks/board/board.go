// Package board is the public board (公示, rules R9, Q9 and §10): what hangs in every
// village and what the county publishes. It shows counsel, duty times, services by kind
// and rates, never a resident, a matter, or people in an order of merit.
package board

import "sort"

// PublishFrom is the least number of ratings for a rate to be published (Q9).
const PublishFrom = 30

// SmallCell is the least number of services for a kind to be named (D2).
const SmallCell = 5

// Counts is what the ratings and cases of some services come to.
type Counts struct {
	Services int `db:"services" json:"services"` // of kinds that can be rated
	Rated    int `db:"rated" json:"rated"`       // with a rating that counts
	Good     int `db:"good" json:"good"`         // grades 3 to 5
	Bad      int `db:"bad" json:"bad"`           // grades 1 and 2
	Held     int `db:"held" json:"held"`         // ratings kept out until a person decides
	Excluded int `db:"excluded" json:"excluded"` // ratings a person decided against
	Cases    int `db:"cases" json:"cases"`       // bad ratings that opened a case
	Settled  int `db:"settled" json:"settled"`   // of these, answered by the office
	Named    int `db:"named" json:"named"`       // of these, with a number to call
	Called   int `db:"called" json:"called"`     // of these, called back
}

// Rates are the four indicators of Q9, in percent with one decimal; nil where there
// is nothing to divide by.
type Rates struct {
	Good     *float64 `json:"good_rate"`      // 好评率 of the rated services
	Settled  *float64 `json:"settled_rate"`   // 差评整改率 of the cases
	CallBack *float64 `json:"call_back_rate"` // 回访率 of the cases with a number
	Rated    *float64 `json:"rated_rate"`     // 评价率 of the services
}

// Rates of the counts.
func (c Counts) Rates() Rates {
	return Rates{Good: share(c.Good, c.Rated), Settled: share(c.Settled, c.Cases), CallBack: share(c.Called, c.Named), Rated: share(c.Rated, c.Services)}
}

// Public gives the rates only where enough people have spoken; the number below that
// is not told either, as two days of it would tell one person's grade.
func (c Counts) Public() (n int, rates Rates, ok bool) {
	if c.Rated < PublishFrom {
		return 0, Rates{}, false
	}
	return c.Rated, c.Rates(), true
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	tenths := float64((part*1000+whole/2)/whole) / 10
	return &tenths
}

// Kind is a number of services of one kind.
type Kind struct {
	Code string `db:"kind" json:"kind"`
	Zh   string `db:"zh" json:"name"`
	En   string `db:"en" json:"name_en"`
	N    int    `db:"n" json:"n"`
}

// Merge puts the kinds with few services together, so that nobody's one case stands
// there alone. few is their sum, 0 when it, too, would be a small cell; all is the
// published sum, 0 when that is.
func Merge(kinds []Kind) (shown []Kind, few, all int) {
	total := 0
	for _, k := range kinds {
		total += k.N
		if k.N >= SmallCell {
			shown = append(shown, k)
		} else {
			few += k.N
		}
	}
	// A remainder that is small could be had by subtraction: the smallest shown kind joins it.
	sort.SliceStable(shown, func(i, j int) bool { return shown[i].N > shown[j].N })
	if few > 0 && few < SmallCell && len(shown) > 0 {
		few += shown[len(shown)-1].N
		shown = shown[:len(shown)-1]
	}
	if total < SmallCell {
		return nil, 0, 0
	}
	return shown, few, total
}
