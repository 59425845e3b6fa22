package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("institutions"), []core.Field{
			need(text("region", 12, code12)),
			need(text("name", 120, "")),
			text("kind", 40, `^(law_firm|notary_office|appraisal_body|legal_aid_centre|mediation_committee|grassroots_law_office|arbitration_commission)$`),
			text("uscc", 18, ""),
			text("phone", 30, ""),
			text("address", 200, ""),
			text("state", 40, `^(active|closed)$`),
		},
			"CREATE INDEX idx_institutions_region ON institutions (region)",
		)
	}, drop("institutions"))
}
