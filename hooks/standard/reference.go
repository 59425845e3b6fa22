package standard

var regions = Collection{
	Name: "regions", Zh: "行政区划", En: "administrative regions", Base: Plain,
	Note: "12-digit statistical codes with their periods of validity. Old records keep the code they were made with.",
	Fields: []Field{
		{Name: "name", Type: Text, Zh: "名称", Source: "NBS division table 2023-06-30", Max: 120, Needed: true},
		text("short_name", "简称", 60, "NBS division table 2023-06-30"),
		needed(choice("level", "层级", "GB/T 10114", "province", "county", "township", "village")),
		{Name: "parent", Type: Text, Zh: "上级代码", Rule: "a prefix of the id at 2, 6 or 9 digits; empty for the city", Source: "GB/T 10114", Max: 12, Pattern: regionPattern},
		text("kind", "类别", 20, "GB/T 10114 digits 7–12: 街道 镇 乡 居 村"),
		{Name: "pinyin_initials", Type: Text, Zh: "拼音首字母", Rule: "lower-case letters of the short name, for search", Source: "readings of pinyin-pro 3.29", Max: 60},
		day("valid_from", "生效日"),
		day("valid_to", "失效日"),
		text("successor", "继承区划", 200, "announcement of 2025-11-06; a code, or a name while the code is not known"),
	},
	Indexes: []string{"parent", "pinyin_initials"},
}

var topics = Collection{
	Name: "topics", Zh: "事项类目", En: "topics", Base: Plain,
	Note: "Two levels: 2 digits for a category, 4 for a topic. Codes are never redefined.",
	Fields: []Field{
		{Name: "code", Type: Text, Zh: "代码", Rule: "2 or 4 digits, unique", Source: "table of topics", Max: 4, Pattern: `^([0-9]{2}|[0-9]{4})$`, Needed: true},
		needed(text("name", "名称", 60, "table of topics")),
		text("name_en", "英文名称", 120, "table of topics"),
		text("key", "英文标识", 60, "table of topics"),
		{Name: "parent", Type: Text, Zh: "一级类目", Rule: "2 digits; empty for a category", Source: "table of topics", Max: 2},
		list("keywords", "关键词", 8000, "list of texts", "table of topics"),
		list("dialect", "方言词", 8000, "list of texts", "table of topics"),
		list("documents", "可用文书", 2000, "list of template codes", "document templates"),
		list("flags", "标记", 2000, "list of flags", "table of topics"),
		day("retired", "停用日"),
	},
	Indexes: []string{"unique code"},
}

var serviceTypes = Collection{
	Name: "service_types", Zh: "服务事项", En: "kinds of service", Base: Plain,
	Note: "What each kind of service asks for and counts toward.",
	Fields: []Field{
		{Name: "code", Type: Text, Zh: "代码", Rule: "capital letters, unique, never changed", Source: "table of kinds of service", Max: 20, Pattern: `^[A-Z_]{2,20}$`, Needed: true},
		needed(text("name", "名称", 60, "table of kinds of service")),
		text("name_en", "英文名称", 120, "table of kinds of service"),
		text("key", "英文标识", 60, "table of kinds of service"),
		text("unit", "计量单位", 10, "table of kinds of service"),
		list("required", "必填项", 4000, "list of field names", "table of kinds of service"),
		list("optional", "选填项", 4000, "list of field names", "table of kinds of service"),
		number("min_duration_min", "最短时长", "min", "rule F3"),
		list("counts_toward", "计入", 1000, "list of obligations", "rules of frequency"),
		{Name: "resident_rating", Type: Bool, Zh: "可评价", Source: "GB/T 39735, rule Q2"},
		list("documents", "关联文书", 1000, "list of template codes", "document templates"),
		text("retention", "保存期限", 40, "rule D8"),
		text("verify", "核验方式", 40, "rule R7"),
		list("points", "积分", 1000, "base and monthly cap", "rules of points"),
		text("note", "说明", 500, "table of kinds of service"),
	},
	Indexes: []string{"unique code"},
}
