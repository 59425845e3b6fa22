package access_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
)

// A document or an attachment says as much as the service it belongs to.
func TestWhatBelongsToASealedServiceIsSealedWithIt(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	colleague := w.staff(access.Counsel, town, nil)
	w.assign(colleague, own, "", "")
	mine := actors[access.Counsel]
	sealed := w.record("services", map[string]any{"region": own, "counsel": mine.Id, "state": "submitted", "secrecy": "sealed"}).Id
	for _, collection := range []string{"documents", "attachments"} {
		fields, change := sample(collection, own)
		open := w.record(collection, fields).Id
		fields["service"] = sealed
		hidden := w.record(collection, fields).Id
		orphan := w.record(collection, fields).Id
		_, err := w.app.DB().Update(collection, dbx.Params{"service": "notarrivedyet01"}, dbx.HashExp{"id": orphan}).Execute()
		require.NoError(t, err)
		for who, want := range map[*core.Record]bool{
			mine: true, actors[access.Admin]: true, colleague: false, actors[access.Officer]: false, actors[access.Supervisor]: false,
		} {
			role := access.Role(who.GetString("role"))
			for _, verb := range []access.Verb{access.List, access.View} {
				name := fmt.Sprint(role, " ", verb, " ", collection)
				assert.True(t, w.try(who, verb, collection, open, nil), "open: %s", name)
				assert.Equal(t, want, w.try(who, verb, collection, hidden, nil), "sealed: %s", name)
				assert.False(t, w.try(who, verb, collection, orphan, nil), "of an unknown service: %s", name)
				may, err := access.MayRecord(w.app.DB(), access.StaffOf(who), verb, collection, access.Target{Region: own, Owner: mine.Id, Sealed: true}, time.Now())
				require.NoError(t, err)
				assert.Equal(t, want, may, "Go: %s", name)
			}
			_, answer := w.do(http.MethodGet, "/api/collections/"+collection+"/records", who, nil)
			total := 1.0
			if want {
				total = 2
			}
			assert.Equal(t, total, answer["totalItems"], "%s: not even the number of %s tells", role, collection)
			if entry, _ := access.Find(collection); entry.Update != nil {
				assert.Equal(t, who == mine, w.try(who, access.Update, collection, hidden, change), "%s update", role)
			}
		}
	}
}

// A service that is sealed later takes its papers with it, and gives them back.
func TestSealingLaterHidesWhatIsThere(t *testing.T) {
	w := newWorld(t)
	officer := w.staff(access.Officer, town, nil)
	service := w.record("services", map[string]any{"region": own, "counsel": "c", "state": "submitted", "secrecy": "normal"})
	id := w.record("documents", map[string]any{"region": own, "service": service.Id, "state": "draft"}).Id
	for secrecy, want := range map[string]bool{"private": true, "sealed": false, "": true} {
		service.Set("secrecy", secrecy)
		require.NoError(t, w.app.Save(service))
		assert.Equal(t, want, w.try(officer, access.View, "documents", id, nil), secrecy)
	}
}

// Documents grow with the services: the service is looked up by its key for each of
// the region's documents, no table is walked.
func TestSecrecyIsAskedByIndex(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	w.many(3000)
	require.NoError(t, w.app.RunInTransaction(func(tx core.App) error {
		for i := range 3000 {
			row := dbx.Params{"id": fmt.Sprintf("d%014d", i), "region": fmt.Sprintf("500238%03d%03d", 100+i%100, 201+i/100%10), "service": fmt.Sprintf("s%014d", i)}
			if _, err := tx.DB().Insert("documents", row).Execute(); err != nil {
				return err
			}
		}
		_, err := tx.DB().NewQuery("ANALYZE").Execute()
		return err
	}))
	for role, who := range actors {
		for filter, index := range map[string]string{
			`id != ""`:                    "documents USING INDEX idx_documents_region_state (region>? AND region<?)",
			`service = "s00000000000001"`: "documents USING INDEX idx_documents_service (service=?)",
		} {
			plan := w.plan(who, "documents", filter)
			assert.Contains(t, plan, index, "%s %s", role, filter)
			assert.Contains(t, plan, "documents_service USING INDEX sqlite_autoindex_services_1 (id=?)", role)
			assert.NotContains(t, plan, "SCAN", "%s %s", role, filter)
		}
	}
}
