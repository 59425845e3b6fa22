package hooks

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/hooks/documents"
	"cunju/hooks/services"
	"cunju/sync/feed"
)

// A sealed matter is for its own counsel and the office alone (rule D3): it and
// its papers travel in a lane of their own, which no other phone of the village reads.

var lanes = map[string]func(dbx.Builder, map[string]any) (string, error){
	services.Collection:  ofService,
	documents.Collection: ofPaper,
	"attachments":        ofPaper,
}

var followers = map[string]func(dbx.Builder, string) (map[string][]string, error){
	services.Collection: papersOf,
}

func ofService(_ dbx.Builder, set map[string]any) (string, error) {
	secrecy, _ := set["secrecy"].(string)
	counsel, _ := set["counsel"].(string)
	return laneFor(secrecy, counsel), nil
}

func laneFor(secrecy, counsel string) string {
	switch {
	case secrecy != services.Sealed:
		return ""
	case counsel == "":
		return feed.OfficeLane
	}
	return feed.Own(counsel)
}

// ofPaper follows the service. A paper whose service has not arrived is for nodes
// alone until it does: it may belong to a sealed one.
func ofPaper(db dbx.Builder, set map[string]any) (string, error) {
	id, _ := set["service"].(string)
	if id == "" {
		return "", nil
	}
	var secrecy, counsel string
	err := db.NewQuery("SELECT secrecy, counsel FROM services WHERE id = {:id}").Bind(dbx.Params{"id": id}).Row(&secrecy, &counsel)
	if errors.Is(err, sql.ErrNoRows) {
		return feed.OfficeLane, nil
	}
	if err != nil {
		return "", fmt.Errorf("read secrecy: %w", err)
	}
	return laneFor(secrecy, counsel), nil
}

func papersOf(db dbx.Builder, id string) (map[string][]string, error) {
	papers := map[string][]string{}
	for _, name := range []string{documents.Collection, "attachments"} {
		var ids []string
		err := db.NewQuery("SELECT id FROM {{" + name + "}} WHERE service = {:id}").Bind(dbx.Params{"id": id}).Column(&ids)
		if err != nil {
			return nil, fmt.Errorf("find papers: %w", err)
		}
		papers[name] = ids
	}
	return papers, nil
}
