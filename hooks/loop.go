package hooks

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"cunju/hooks/board"
	"cunju/hooks/cases"
	"cunju/hooks/devices"
	"cunju/hooks/directory"
	"cunju/hooks/platform"
	"cunju/hooks/ratings"
	"cunju/sync/engine"
)

// casesEvery is how often open cases are looked at: well within the shortest of
// their clocks.
const casesEvery = 10 * time.Minute

// residents puts the resident's word on: the rating, and what becomes of a bad one.
// The order of the two projections matters: a case finds its service by the ratings' tags.
func residents(app core.App, house *platform.Platform, eng *engine.Engine, tokens *devices.Tokens) *ratings.Ratings {
	node := house.Node
	alone := node.Upstream == ""
	handled := cases.Register(app, cases.Deps{Folder: eng, Reminds: node.Tier == platform.Township, Draws: node.Tier == platform.Township,
		Escalates: node.Tier == platform.City || alone, Now: node.Now})
	rated := ratings.Register(app, ratings.Deps{Keys: tokens, Folder: eng, Tier: node.Tier, RatingBase: node.RatingBase,
		Handling: handled, Refusal: engine.Refusal, Now: node.Now})
	eng.AddProjection(rated.Projection())
	eng.AddProjection(cases.Projection())
	board.Register(app, board.Deps{Folder: eng, PlateKeys: tokens.PlateKeys, Name: node.Name, Base: node.RatingBase, Now: node.Now})
	house.Jobs.Add("cases", casesEvery, handled.Work)
	return rated
}

// imports is the command that loads reference data from files.
func imports(app core.App) *cobra.Command {
	command := directory.Commands(app)
	command.AddCommand(cases.ImportCommand(app))
	return command
}
