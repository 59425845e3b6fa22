package codes

import (
	"crypto/hkdf"
	"crypto/sha256"
	"strconv"
)

// KeySize is the size of every derived key in bytes.
const KeySize = 32

const (
	townshipInfo = "cunju township token v1 "
	installInfo  = "cunju install token v1 "
)

// DeriveTownship gives a township its key of a year from the city's token
// secret. With it the township enrols phones while its line is down, and a
// township's key says nothing about another's. A township that has joined no
// city uses a random secret of its own as the city's.
func DeriveTownship(city []byte, township string, year int) ([]byte, error) {
	return derive(city, townshipInfo, township, year)
}

// DeriveInstall gives an install its key of a year from the township's key of
// the same year.
func DeriveInstall(township []byte, install string, year int) ([]byte, error) {
	return derive(township, installInfo, install, year)
}

func derive(secret []byte, label, id string, year int) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, label+id+" "+strconv.Itoa(year), KeySize)
}
