package ledgers

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/hooks/region"
)

// words are the Chinese names of what records hold as codes: a printed register is a Chinese paper.
var words = map[string]map[string]string{
	"mode":        {"onsite": "上门", "phone": "电话", "chat_group": "微信群", "video": "视频", "letter": "书面"},
	"outcome":     {"answered": "已解答", "drafted": "已代书", "referred": "已转介", "mediated_agreed": "调解成功", "mediated_failed": "调解不成", "ordered": "已转工单", "declined": "不予办理", "to_follow": "待跟进"},
	"state":       {"submitted": "待核验", "verified": "已核验", "returned": "已退回", "voided": "已作废"},
	"client_kind": {"resident": "居民", "household": "家庭", "villagers": "村民多人", "committee": "村（居）委会", "enterprise": "企业", "anonymous": "不愿具名"},
	"urgency":     {"normal": "一般", "urgent": "紧急"},
	"source":      {"resident": "群众", "counsel": "顾问", "hotline": "热线", "governance": "基层治理", "warning": "预警", "rating": "评价", "screening": "排查"},
	"grade":       {"excellent": "优秀", "good": "良好", "passed": "合格", "failed": "不合格"},
	"difficulty":  {"oral": "口头协议", "simple": "简易", "complex": "疑难", "major": "重大"},
}

func word(list, code string) string {
	if w, ok := words[list][code]; ok {
		return w
	}
	return code
}

// names are read once for a whole ledger, not once a row.
type names struct{ kinds, topics, regions, people map[string]string }

func readNames(db dbx.Builder, code string) (names, error) {
	low, high := region.Range(code)
	var n names
	for _, from := range []struct {
		into  *map[string]string
		query string
	}{
		{&n.kinds, "SELECT code AS id, name FROM service_types"},
		{&n.topics, "SELECT code AS id, name FROM topics"},
		{&n.regions, "SELECT id, CASE short_name WHEN '' THEN name ELSE short_name END AS name FROM regions WHERE id >= {:low} AND id <= {:high}"},
		{&n.people, "SELECT staff AS id, name FROM practitioners WHERE staff <> '' UNION SELECT id, name FROM staff WHERE name <> ''"},
	} {
		var rows []struct{ ID, Name string }
		if err := db.NewQuery(from.query).Bind(dbx.Params{"low": low, "high": high}).All(&rows); err != nil {
			return n, fmt.Errorf("read names of a ledger: %w", err)
		}
		*from.into = make(map[string]string, len(rows))
		for _, r := range rows {
			(*from.into)[r.ID] = r.Name
		}
	}
	return n, nil
}

// called is the name of a code, or the code itself where the name is not known.
func called(list map[string]string, code string) string {
	if name := list[code]; name != "" {
		return name
	}
	return code
}
