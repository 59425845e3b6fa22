package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/directory"
)

func TestEndClosesAUnitWithEverythingUnderIt(t *testing.T) {
	rows := []directory.Region{{Code: "500000000000"}, {Code: "500105000000"}, {Code: "500105001001"}, {Code: "500112135000"}, {Code: "500112135201"}, {Code: "500109000000"}}
	var c change
	c.Announced = "2025-11-06"
	c.Abolished = []unit{{"500105000000"}, {"500112000000"}}
	c.Created = append(c.Created, struct {
		Name  string `json:"name"`
		Code  string `json:"new_code"`
		Towns []unit `json:"towns"`
	}{Name: "两江新区", Towns: []unit{{"500105001000"}}})
	c.Transferred = append(c.Transferred, struct {
		To    string `json:"to_code"`
		Towns []unit `json:"towns"`
	}{To: "500109000000", Towns: []unit{{"500112135000"}}})
	end(rows, c)
	want := []string{"", "两江新区", "两江新区", "500109000000", "500109000000", ""}
	for i, row := range rows {
		assert.Equal(t, want[i], row.Successor, row.Code)
		assert.Equal(t, want[i] != "", row.ValidTo == "2025-11-06", row.Code)
	}
}

func TestTheSameInputGivesTheSameFile(t *testing.T) {
	folder := t.TempDir()
	csv, announcement, out := filepath.Join(folder, "r.csv"), filepath.Join(folder, "c.json"), filepath.Join(folder, "out")
	require.NoError(t, os.WriteFile(csv, []byte("code,name,short_name,kind\n500000000000,重庆市,重庆,市\n"), 0o600))
	require.NoError(t, os.WriteFile(announcement, []byte(`{"announced":"2025-11-06"}`), 0o600))
	var made [2][]byte
	for i := range made {
		require.NoError(t, run(csv, announcement, out))
		var err error
		made[i], err = os.ReadFile(out)
		require.NoError(t, err)
	}
	assert.Equal(t, made[0], made[1])
	assert.Error(t, run("no such file", announcement, out))
	assert.Error(t, run(csv, csv, out), "a csv is no announcement")
}
