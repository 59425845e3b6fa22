package standard

var ratings = Collection{
	Name: "ratings", Zh: "好差评", En: "ratings", Base: Plain, Policy: Append, Lane: "office",
	Note: "One resident's judgement of one service. Never edited; a second one amends the first and both stay. Phones never read it.",
	Fields: []Field{
		region("乡镇(街道)"),
		{Name: "tag", Type: Text, Zh: "评价码标签", Rule: "14 hexadecimal digits, from the code", Source: "rule Q2", Max: 14, Pattern: `^[0-9a-f]{14}$`},
		{Name: "install_alias", Type: Text, Zh: "设备别名", Rule: "8 hexadecimal digits", Source: "docs/sync.md §2", Max: 8, Pattern: `^[0-9a-f]{8}$`},
		number("day", "服务日", "days since 2024-01-01", "rule Q2"),
		{Name: "grade", Type: Number, Zh: "评价等级", Rule: "5 very satisfied, 4, 3, 2, 1 very dissatisfied", Source: "GB/T 39735, rule Q1"},
		list("reasons", "差评原因", 1000, "list of reason codes", "rule Q1"),
		personal(text("remark", "留言", 1000, "rule Q1")),
		personal(text("call_back_phone", "回访电话", 30, "rule Q4")),
		choice("assisted_by", "协助人", "rule Q3, Q5", "family", "clerk", "counsel", "other"),
		list("flags", "标记", 1000, "list of flags", "rule Q3"),
		moment("rated_at", "评价时间"),
		choice("origin", "来源", "rule Q5", "township", "city"),
	},
	Indexes: []string{"tag", "region, rated_at"},
}

var ratingEvents = Collection{
	Name: "rating_events", Zh: "评价处置", En: "what was done about ratings", Base: Plain, Policy: Append, Lane: "office",
	Note: "Each step of handling a bad rating, each decision about a flagged one, each call of the random sample. Never edited: a mistake is answered by a further step.",
	Fields: []Field{
		region("乡镇(街道)"),
		{Name: "code", Type: Text, Zh: "评价码", Rule: "22 hexadecimal digits: alias and tag of the code", Source: "rule Q7", Max: 22, Pattern: `^[0-9a-f]{22}$`},
		id("rating", "好差评", "id of the rating that is decided about"),
		id("service", "服务记录", "id of the service of a sample call"),
		choice("kind", "步骤", "rule Q7", "accept", "contact", "verify", "unfounded", "plan", "explain", "fix", "call_back", "asked", "close", "reopen",
			"remind", "escalate", "count", "exclude", "enter", "sample"),
		choice("answer", "群众答复", "rule Q6", "satisfied", "fair", "unsatisfied", "unreached", "anonymous"),
		text("note", "说明", 1000, "rule Q7; no personal data"),
		id("by", "经办人", "id of a staff account; empty: the node or the resident"),
		moment("at", "时间"),
	},
	Indexes: []string{"code, at", "region, at", "rating", "service"},
}

var villageBoards = Collection{
	Name: "village_boards", Zh: "公示牌", En: "village boards", Base: Plain, Policy: Authority,
	Note: "What the public page of a village says beside the assignment of its counsel. One record a village.",
	Fields: []Field{
		region("村(社区)"),
		text("duty_times", "值班时间", 200, "rule R9"),
		text("next_lecture", "下次法治讲座", 200, "rules of public disclosure"),
		text("complaint_phone", "监督电话", 30, "rule R9"),
		text("complaint_note", "投诉渠道", 200, "rule R9"),
	},
	Indexes: []string{"region"},
}

var orders = Collection{
	Name: "orders", Zh: "工单", En: "work orders", Base: Plain, Policy: Merge,
	Note: "A need that someone must answer by a deadline. Its state is set by nodes only.",
	Fields: []Field{
		region("区划"),
		choice("source", "来源", "rules of work orders", "resident", "counsel", "hotline", "governance", "warning", "rating", "screening"),
		grouped("requester", personal(text("requester", "诉求人", 120, "rule O4"))),
		grouped("requester", personal(text("phone", "电话", 30, "rule O4"))),
		text("title", "事由", 120, "rule O5; no personal data"),
		personal(text("detail", "详情", 20000, "rule O5")),
		{Name: "topic", Type: Text, Zh: "事项类目", Rule: "4 digits, code of a topic", Source: "table of topics", Max: 4, Pattern: `^[0-9]{4}$`},
		choice("urgency", "紧急程度", "rules of work orders", "normal", "urgent"),
		grouped("state", choice("state", "状态", "rules of work orders", "new", "dispatched", "signed", "doing", "transfer", "return_request", "done", "call_back", "closed", "reopened")),
		grouped("state", id("assignee", "承办人", "id of a staff account")),
		grouped("state", day("due_at", "时限")),
		id("service", "服务记录", "id of the service that answered it"),
	},
	Indexes: []string{"region, state", "assignee, state", "due_at"},
}

var orderEvents = Collection{
	Name: "order_events", Zh: "工单流转", En: "events of work orders", Base: Plain, Policy: Append,
	Fields: []Field{
		region("区划"),
		needed(id("order_id", "工单", "id of an order")),
		text("kind", "动作", 40, "rules of work orders"),
		text("from_state", "原状态", 40, "rules of work orders"),
		text("to_state", "新状态", 40, "rules of work orders"),
		id("by", "经办人", "id of a staff account"),
		moment("at", "时间"),
		text("note", "说明", 2000, "rule O5; no personal data"),
	},
	Indexes: []string{"order_id, at", "region", "by, at"},
}

var audit = Collection{
	Name: "audit", Zh: "审计", En: "audit trail", Base: Plain,
	Note: "Append-only by trigger, each row carries the hash of the one before. Kept 3 years.",
	Fields: []Field{
		needed(moment("at", "时间")),
		text("who", "人员", 40, "rule D4; a staff account, a superuser, an install, or empty for the node itself"),
		text("role", "角色", 20, "GB/T 22239"),
		needed(text("action", "动作", 60, "rule D4")),
		text("collection", "数据集", 40, "rule D4"),
		text("record", "记录", 40, "rule D4"),
		text("purpose", "用途", 500, "PIPL 6, rule D1"),
		{Name: "region", Type: Text, Zh: "区划", Rule: "12 digits", Source: "GB/T 10114", Max: 12, Pattern: regionPattern},
		{Name: "prev", Type: Text, Zh: "前一行摘要", Rule: "64 hexadecimal digits; empty in the first row", Source: "docs/security.md", Max: 64, Pattern: hashPattern},
		{Name: "hash", Type: Text, Zh: "本行摘要", Rule: "SHA-256 over the row and prev", Source: "docs/security.md", Max: 64, Pattern: hashPattern, Needed: true},
	},
	Indexes: []string{"unique prev", "region, at", "collection, record"},
}

var pairings = Collection{
	Name: "pairings", Zh: "配对", En: "pairings", Base: Plain,
	Note: "Single-use codes by which a phone or a township joins.",
	Fields: []Field{
		{Name: "code_hash", Type: Text, Zh: "配对码摘要", Rule: "only the hash is kept", Source: "docs/security.md", Max: 100, Hidden: true, Needed: true},
		id("staff", "账号", "id of a staff account; empty for a township"),
		choice("kind", "类别", "docs/sync.md §7", "phone", "township"),
		region("区划"),
		moment("expires_at", "失效时间"),
		moment("used_at", "使用时间"),
		number("tries", "错误次数", "times", "docs/security.md"),
		id("created_by", "生成人", "id of a staff account"),
	},
	Indexes: []string{"unique code_hash", "region"},
}

var installs = Collection{
	Name: "installs", Zh: "设备", En: "installs", Base: View,
	Note: "View over the engine's table of installs.",
	Fields: []Field{
		text("kind", "类别", 20, "docs/sync.md §2"),
		text("staff", "账号", 15, "docs/sync.md §2"),
		text("region", "区划", 12, "GB/T 10114"),
		text("name", "设备名称", 120, "docs/sync.md §2"),
		text("alias", "别名", 8, "docs/sync.md §2"),
		text("state", "状态", 20, "docs/sync.md §4"),
		number("last_no", "末批次号", "batches", "docs/sync.md §4"),
		number("seen_at", "最近联系", "ms since 1970", "docs/sync.md §1"),
		number("unsent", "未交批次", "changes", "docs/sync.md §8"),
	},
}
