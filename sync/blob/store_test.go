package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

const (
	phone   = "aaaaaaaaaaaaaaaa"
	other   = "bbbbbbbbbbbbbbbb"
	village = "500238101201"
	far     = "500238102201"
)

type house struct {
	dir   string
	db    *dbx.DB
	disk  Disk
	store *Store
}

func build(t *testing.T) *house {
	h := &house{dir: t.TempDir(), disk: OS{}}
	db, err := dbx.Open("sqlite", filepath.Join(t.TempDir(), "rows.db"))
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	h.db = db
	h.open(t, OS{})
	return h
}

// open starts the store anew, as after a restart.
func (h *house) open(t *testing.T, disk Disk) {
	h.store = New(h.dir, disk, func(f func(dbx.Builder) error) error {
		return h.db.Transactional(func(tx *dbx.Tx) error { return f(tx) })
	}, time.Now)
	require.NoError(t, h.store.Start(h.db))
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * i / 7)
	}
	return b
}

func (h *house) piece(data []byte, from, to int) Piece {
	return Piece{Hash: hashOf(data), Install: phone, Regions: []string{village}, Offset: int64(from), Length: int64(len(data)), Data: data[from:to]}
}

// send sends a file in chunks from where the store stands.
func (h *house) send(data []byte, chunk int) (Progress, error) {
	at, err := h.store.Progress(h.db, hashOf(data), phone, []string{village})
	for err == nil && !at.Whole {
		from := int(at.Offset)
		at, err = h.store.Append(h.db, h.piece(data, from, min(from+chunk, len(data))))
	}
	return at, err
}

func (h *house) read(t *testing.T, hash string) []byte {
	f, row, err := h.store.Open(h.db, hash)
	require.NoError(t, err)
	defer f.Close()
	b, err := io.ReadAll(f)
	require.NoError(t, err)
	require.Equal(t, row.Size, int64(len(b)))
	return b
}

func TestAFileIsWholeAfterItsLastChunk(t *testing.T) {
	h := build(t)
	data := content(2500)
	require.NoError(t, Want(h.db, village, hashOf(data), 2500))
	at, err := h.store.Append(h.db, h.piece(data, 0, 1000))
	require.NoError(t, err)
	require.Equal(t, Progress{Offset: 1000}, at)
	_, err = h.store.Append(h.db, h.piece(data, 0, 1000))
	var off *OffsetError
	require.ErrorAs(t, err, &off)
	require.Equal(t, int64(1000), off.Offset)
	_, _, err = h.store.Open(h.db, hashOf(data))
	require.ErrorIs(t, err, ErrMissing)
	h.open(t, OS{})
	at, err = h.send(data, 700)
	require.NoError(t, err)
	require.Equal(t, Progress{Offset: 2500, Whole: true}, at)
	require.Equal(t, data, h.read(t, hashOf(data)))
	left, err := Wants(h.db, village, village, Wanted{}, 10)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestEachUploadIsJudged(t *testing.T) {
	h := build(t)
	data := content(100)
	wrong := h.piece(data, 0, 100)
	wrong.Hash = hashOf([]byte("other"))
	_, err := h.store.Append(h.db, wrong)
	require.ErrorIs(t, err, ErrHash)
	at, err := h.store.Progress(h.db, wrong.Hash, phone, []string{village})
	require.NoError(t, err)
	require.Equal(t, Progress{}, at, "nothing of it is kept")
	long := h.piece(data, 0, 100)
	long.Length = MaxSize + 1
	_, err = h.store.Append(h.db, long)
	require.ErrorIs(t, err, ErrTooLarge)
	long.Length = 99
	_, err = h.store.Append(h.db, long)
	require.ErrorIs(t, err, ErrTooLarge)
	text := h.piece(data, 0, 100)
	text.Image = true
	require.NoError(t, Want(h.db, village, text.Hash, 100))
	_, err = h.store.Append(h.db, text)
	require.ErrorIs(t, err, ErrKind)
	left, err := Wants(h.db, village, village, Wanted{}, 10)
	require.NoError(t, err)
	require.Empty(t, left, "what can never be taken is not asked for again")
}

func TestAPhotoIsAPictureOfBoundedSize(t *testing.T) {
	h := build(t)
	var good bytes.Buffer
	require.NoError(t, jpeg.Encode(&good, image.NewGray(image.Rect(0, 0, 20, 10)), nil))
	p := h.piece(good.Bytes(), 0, good.Len())
	p.Image = true
	at, err := h.store.Append(h.db, p)
	require.NoError(t, err)
	require.True(t, at.Whole)
	row, err := Find(h.db, p.Hash)
	require.NoError(t, err)
	require.Equal(t, "image/jpeg", row.Mime)
	// The same picture that claims 60,000 by 60,000 pixels: its header alone is read.
	flood := bytes.Clone(good.Bytes())
	i := bytes.Index(flood, []byte{0xff, 0xc0})
	require.Positive(t, i)
	copy(flood[i+5:], []byte{0xea, 0x60, 0xea, 0x60})
	p = h.piece(flood, 0, len(flood))
	p.Image = true
	_, err = h.store.Append(h.db, p)
	require.ErrorIs(t, err, ErrKind)
}

func TestQuotaCountsWholeFilesAndParts(t *testing.T) {
	h := build(t)
	h.store.Quota = 2500
	_, err := h.send(content(1000), 1000)
	require.NoError(t, err)
	second := content(1200)
	_, err = h.store.Append(h.db, h.piece(second, 0, 600))
	require.NoError(t, err)
	third := content(1300)
	_, err = h.store.Append(h.db, h.piece(third, 0, 1000))
	require.ErrorIs(t, err, ErrQuota)
	_, err = h.send(second, 600)
	require.NoError(t, err)
	free := h.piece(third, 0, 1300)
	free.NoQuota = true
	at, err := h.store.Append(h.db, free)
	require.NoError(t, err)
	require.True(t, at.Whole)
}

func TestNamingAHashElsewhereShowsNothing(t *testing.T) {
	h := build(t)
	data := content(300)
	_, err := h.send(data, 300)
	require.NoError(t, err)
	at, err := h.store.Progress(h.db, hashOf(data), other, []string{far})
	require.NoError(t, err)
	require.Equal(t, Progress{}, at)
	p := h.piece(data, 0, 300)
	p.Install, p.Regions = other, []string{far}
	at, err = h.store.Append(h.db, p)
	require.NoError(t, err, "whoever has the content may show it")
	require.True(t, at.Whole)
	n, err := Shown(h.db, hashOf(data), []string{far})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, data, h.read(t, hashOf(data)))
}

// A power cut at every single operation of the disk: a row never points at anything but the
// right content, and the sender always comes to an end.
func TestPowerCutAtEveryOperation(t *testing.T) { everyOperation(t, true) }

// The same operations fail once and the process lives on.
func TestDiskErrorAtEveryOperation(t *testing.T) { everyOperation(t, false) }

func everyOperation(t *testing.T, cut bool) {
	data := content(2500)
	for n := 0; ; n++ {
		h := build(t)
		disk := newPower(n, cut)
		h.store.disk = disk
		_, err := h.send(data, 1000)
		if !disk.struck {
			require.NoError(t, err)
			require.Greater(t, n, 25, "every operation was struck once")
			return
		}
		if cut {
			disk.lose()
			h.open(t, OS{})
		}
		for i := 0; i < 3; i++ {
			if row, err := Find(h.db, hashOf(data)); assert.NoError(t, err) && row != nil {
				require.Equal(t, data, h.read(t, hashOf(data)), "operation %d", n)
			}
			_, err = h.send(data, 1000)
			if err == nil {
				break
			}
			require.True(t, errors.Is(err, ErrHash), "operation %d: %v", n, err)
		}
		require.NoError(t, err, "operation %d", n)
		require.Equal(t, data, h.read(t, hashOf(data)), "operation %d", n)
	}
}

func TestAKillBetweenNameAndRowLosesNothing(t *testing.T) {
	h := build(t)
	data := content(1500)
	tx := h.store.tx
	h.store.tx = func(func(dbx.Builder) error) error { return errDisk }
	_, err := h.send(data, 1000)
	require.ErrorIs(t, err, errDisk)
	h.store.tx = tx
	h.open(t, OS{})
	row, err := Find(h.db, hashOf(data))
	require.NoError(t, err)
	require.Nil(t, row, "nothing counts before its row")
	_, err = h.send(data, 1000)
	require.NoError(t, err)
	require.Equal(t, data, h.read(t, hashOf(data)))
}

func TestStartHashesYoungFilesAgain(t *testing.T) {
	h := build(t)
	data := content(1500)
	_, err := h.send(data, 1500)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(h.store.path(hashOf(data)), make([]byte, 1500), 0o600))
	h.open(t, OS{})
	row, err := Find(h.db, hashOf(data))
	require.NoError(t, err)
	require.Nil(t, row)
	left, err := Wants(h.db, village, village, Wanted{}, 10)
	require.NoError(t, err)
	require.Equal(t, []Wanted{{Region: village, Hash: hashOf(data), Size: 1500}}, left, "asked for again by hash")
}

func TestABackupGivesBackWhatADiskLost(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	mirror := t.TempDir()
	h.store.Backup = mirror
	kept, gone := content(800), content(900)
	for _, data := range [][]byte{kept, gone} {
		_, err := h.send(data, 1000)
		require.NoError(t, err)
	}
	n, err := h.store.Mirror(ctx, h.db)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = h.store.Mirror(ctx, h.db)
	require.NoError(t, err)
	require.Equal(t, 0, n, "a copy is made once")
	require.NoError(t, os.Remove(h.store.path(hashOf(kept))))
	require.NoError(t, os.Remove(h.store.path(hashOf(gone))))
	require.NoError(t, os.Remove(filepath.Join(mirror, hashOf(gone)[:2], hashOf(gone))))
	require.NoError(t, h.store.Repair(ctx, h.db))
	require.Equal(t, kept, h.read(t, hashOf(kept)))
	left, err := Wants(h.db, village, village, Wanted{}, 10)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestOldPartsAreSwept(t *testing.T) {
	h := build(t)
	data := content(1500)
	_, err := h.store.Append(h.db, h.piece(data, 0, 100))
	require.NoError(t, err)
	require.NoError(t, h.store.Sweep())
	at, err := h.store.Progress(h.db, hashOf(data), phone, []string{village})
	require.NoError(t, err)
	require.Equal(t, int64(100), at.Offset)
	h.store.now = func() time.Time { return time.Now().Add(partLife + time.Hour) }
	require.NoError(t, h.store.Sweep())
	at, err = h.store.Progress(h.db, hashOf(data), phone, []string{village})
	require.NoError(t, err)
	require.Equal(t, Progress{}, at)
}

func TestMissingFilesAreListedInPages(t *testing.T) {
	h := build(t)
	for i := range 7 {
		require.NoError(t, Want(h.db, []string{village, far}[i%2], hashOf([]byte{byte(i)}), int64(i)))
	}
	var got []Wanted
	for after := (Wanted{}); ; after = got[len(got)-1] {
		page, err := Wants(h.db, village, far, after, 3)
		require.NoError(t, err)
		got = append(got, page...)
		if len(page) < 3 {
			break
		}
	}
	require.Len(t, got, 7)
	var plan []struct {
		Detail string `db:"detail"`
	}
	require.NoError(t, h.db.NewQuery(`EXPLAIN QUERY PLAN SELECT region, sha256, size, code FROM sync_blob_wants WHERE region >= 'a' AND region <= 'b'
		AND (region, sha256) > ('a', 'b') AND code = '' ORDER BY region, sha256 LIMIT 3`).All(&plan))
	require.NotContains(t, plan[0].Detail, "SCAN")
}

func FuzzParseCount(f *testing.F) {
	for _, s := range []string{"0", "1048576", "-1", "+1", "007", "1e3", "999999999999999", "1000000000000000", "", " 1", "1\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := ParseCount(s)
		if ok && (n < 0 || n > 1e15) {
			t.Fatalf("%q gave %d", s, n)
		}
		if ValidHash(s) && len(s) != 64 {
			t.Fatalf("%q is no hash", s)
		}
	})
}

func FuzzKind(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe0"), true)
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff"), true)
	f.Fuzz(func(t *testing.T, b []byte, photo bool) {
		Kind(b)
		if photo {
			_ = checkImage(bytes.NewReader(b)) // must return: no panic, no decoding
		}
	})
}
