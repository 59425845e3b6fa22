package codes

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// A plate hangs on the wall of a village for years and says which village it is.
// Bytes: 0x2d · 1–5 the 12-digit code of the village as a number, big-endian · 6–7 day of
// issue · last 10 HMAC(P, "cunju v1 token" ‖ everything before), P being the key of
// DerivePlate of the year of issue. It has no window: whoever reads it learns a
// public address, nothing else. A phone reads the village without a key; the node that
// issued it can tell a true plate from a sticker.
const (
	regionSize = 5
	plateSize  = 1 + regionSize + 2 + MACSize

	// PlateChars is the length of the text form.
	PlateChars = (plateSize*8 + 4) / 5
	plateInfo  = "cunju plate token v1 "
	maxRegion  = 1_000_000_000_000
)

// PlateCode is the code of a village's plate, taken apart.
type PlateCode struct {
	Region string // 12 digits
	Day    uint16 // of issue
	MAC    [MACSize]byte
}

// DerivePlate gives the key of a year's plates from the township's key of that year.
func DerivePlate(township []byte, year int) ([]byte, error) {
	return derive(township, plateInfo, "", year)
}

// MakePlate gives the code of a village. ok is false where the region has not 12 digits.
func MakePlate(key []byte, region string, day uint16) (p PlateCode, ok bool) {
	n, err := strconv.ParseUint(region, 10, 64)
	if err != nil || len(region) != 12 || n >= maxRegion {
		return PlateCode{}, false
	}
	p = PlateCode{Region: region, Day: day}
	p.MAC = p.seal(key)
	return p, true
}

// Verify says whether the holder of the key made this very code.
func (p PlateCode) Verify(key []byte) bool {
	want := p.seal(key)
	return hmac.Equal(want[:], p.MAC[:])
}

// Text is the form that is printed.
func (p PlateCode) Text() string {
	return encoding.EncodeToString(append(p.head(), p.MAC[:]...))
}

// URL is the address to print as QR.
func (p PlateCode) URL(base string) string {
	return strings.ToUpper(strings.TrimRight(base, "/")) + "/V/" + p.Text()
}

func (p PlateCode) head() []byte {
	n, _ := strconv.ParseUint(p.Region, 10, 64) // MakePlate and ParsePlate let digits in only
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], n)
	b := append([]byte{Version<<5 | byte(Plate)<<2 | SuiteStd}, wide[8-regionSize:]...)
	return binary.BigEndian.AppendUint16(b, p.Day)
}

func (p PlateCode) seal(key []byte) [MACSize]byte {
	return [MACSize]byte(mac(key, tokenLabel, p.head())[:MACSize])
}

// ParsePlate takes the text form apart. Like Parse it has one error for all reasons
// and does not check the MAC.
func ParsePlate(text string) (PlateCode, error) {
	if len(text) != PlateChars {
		return PlateCode{}, ErrCode
	}
	text = upperASCII(text)
	b, err := encoding.DecodeString(text)
	if err != nil || len(b) != plateSize || encoding.EncodeToString(b) != text || b[0] != Version<<5|byte(Plate)<<2|SuiteStd {
		return PlateCode{}, ErrCode
	}
	var wide [8]byte
	copy(wide[8-regionSize:], b[1:1+regionSize])
	n := binary.BigEndian.Uint64(wide[:])
	if n >= maxRegion {
		return PlateCode{}, ErrCode
	}
	p := PlateCode{Region: fmt.Sprintf("%012d", n), Day: binary.BigEndian.Uint16(b[1+regionSize:])}
	copy(p.MAC[:], b[plateSize-MACSize:])
	return p, nil
}
