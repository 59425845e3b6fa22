package directory

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Names is the stock from which sample data make plausible people. It is no
// statistic and names nobody.
type Names struct {
	Surnames  []Surname `json:"surnames"`
	Local     []Surname `json:"chongqing_extra"` // more frequent here, and rare ones
	Compound  []string  `json:"compound_surnames"`
	WithDot   []string  `json:"names_with_dot"`
	RareChars []string  `json:"rare_chars"`
	// GivenChars and GivenTop are keyed by sex and years of birth, such as
	// "female_1980_2009"; common ones come first.
	GivenChars map[string][]string `json:"given_chars"`
	GivenTop   map[string][]string `json:"given_top"`
	// GivenLength is the share of given names of 1, 2 and 3 characters.
	GivenLength map[string]float64 `json:"given_length"`
	// Tricky names break careless programs.
	Tricky []struct {
		Name string `json:"name"`
		Why  string `json:"why"`
	} `json:"tricky"`
}

// Surname is one with its weight in per cent of the people.
type Surname struct {
	Name   string  `json:"s"`
	Weight float64 `json:"w"`
}

// namesFile is where an imported stock lies in the data folder.
const namesFile = "names.json"

// ReadNames reads a stock of names and refuses one that cannot make a name.
func ReadNames(raw []byte) (Names, error) {
	var names Names
	if err := json.Unmarshal(raw, &names); err != nil {
		return Names{}, err
	}
	if len(names.Surnames) == 0 || len(names.GivenChars) == 0 || len(names.GivenLength) == 0 {
		return Names{}, errors.New("no surnames, no given_chars or no given_length")
	}
	for _, surname := range append(names.Surnames, names.Local...) {
		if surname.Name == "" || surname.Weight <= 0 {
			return Names{}, errors.New("a surname is empty or has no weight")
		}
	}
	for key, characters := range names.GivenChars {
		if len(characters) == 0 {
			return Names{}, errors.New("given_chars " + key + " is empty")
		}
	}
	return names, nil
}

// SampleNames gives the stock that the office imported into the data folder, or
// the built-in one.
func SampleNames(dataDir string) (Names, error) {
	raw, err := os.ReadFile(filepath.Join(dataDir, namesFile))
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = data.ReadFile("data/names.json")
	}
	if err != nil {
		return Names{}, err
	}
	return ReadNames(raw)
}
