package standard

var staff = Collection{
	Name: "staff", Zh: "工作人员", En: "staff", Base: Auth,
	Note: "Accounts. Email and password are kept by the account system; an address need not exist.",
	Fields: []Field{
		open(needed(text("name", "姓名", 60, "GB 18030, GB/T 22239"))),
		needed(choice("role", "角色", "glossary", "counsel", "officer", "supervisor", "provider", "admin")),
		region("所属区划"),
		{Name: "scope_from", Type: Text, Zh: "辖区起始代码", Rule: "lowest code inside the region", Source: "GB/T 10114", Max: 12, Pattern: regionPattern, Needed: true},
		{Name: "scope_to", Type: Text, Zh: "辖区终止代码", Rule: "highest code inside the region", Source: "GB/T 10114", Max: 12, Pattern: regionPattern, Needed: true},
		personal(text("phone", "电话", 30, "rule D1")),
		id("institution", "机构", "id of an institution"),
		id("practitioner", "执业人员", "id of a practitioner"),
		moment("valid_from", "授权起"),
		moment("valid_until", "授权止"),
		needed(choice("state", "状态", "GB/T 22239", "active", "disabled")),
	},
	Indexes: []string{"region"},
}

var institutions = Collection{
	Name: "institutions", Zh: "机构", En: "institutions", Base: Plain, Policy: Authority,
	Note: "Law firms, notary offices and the other bodies that give service.",
	Fields: []Field{
		region("所在区划"),
		grouped("name", needed(text("name", "名称", 120, "rule R9"))),
		choice("kind", "类别", "glossary", "law_firm", "notary_office", "appraisal_body", "legal_aid_centre", "mediation_committee", "grassroots_law_office", "arbitration_commission"),
		grouped("name", Field{Name: "uscc", Type: Text, Zh: "统一社会信用代码", Rule: "18 characters with check character; warns, never blocks", Source: "GB 32100-2015", Max: 18}),
		text("phone", "电话", 30, "rules of the public board"),
		text("address", "地址", 200, "rules of the public board"),
		choice("state", "状态", "rules of the public board", "active", "closed"),
	},
	Indexes: []string{"region"},
}

var practitioners = Collection{
	Name: "practitioners", Zh: "执业人员", En: "practitioners", Base: Plain, Policy: Authority,
	Note: "Public board data: name, institution, licence number, phone.",
	Fields: []Field{
		region("服务区划"),
		id("staff", "账号", "id of a staff account, if there is one"),
		open(needed(text("name", "姓名", 60, "rule R9, §10"))),
		grouped("institution", id("institution", "机构", "id of an institution")),
		grouped("institution", text("institution_name", "机构名称", 120, "rule R9")),
		grouped("licence", text("licence_no", "执业证号", 40, "rule R9")),
		grouped("licence", text("kind", "类别", 40, "glossary")),
		open(text("phone", "公示电话", 30, "rule R9")),
		grouped("period", day("valid_from", "聘期起")),
		grouped("period", day("valid_until", "聘期止")),
		choice("state", "状态", "rule F7", "active", "left"),
	},
	Indexes: []string{"region", "staff"},
}

var assignments = Collection{
	Name: "assignments", Zh: "指派", En: "assignments", Base: Plain, Policy: Authority,
	Note: "Which counsel serves which village, and when. What counsel may read and write follows from these intervals.",
	Fields: []Field{
		region("村(社区)"),
		{Name: "staff", Type: Relation, Of: "staff", Zh: "法律顾问账号", Rule: "an existing staff account", Source: "rule F6", Max: 15},
		id("practitioner", "执业人员", "id of a practitioner"),
		grouped("period", moment("valid_from", "起")),
		grouped("period", moment("valid_until", "止")),
		grouped("period", number("grace_days", "宽限天数", "days after the end in which finished work may still be sent", "rule F7")),
	},
	Indexes: []string{"staff, region", "region"},
}

var residents = Collection{
	Name: "residents", Zh: "居民档案", En: "residents", Base: Plain, Policy: Merge,
	Note: "One archive per person. Nobody must be registered to be served.",
	Fields: []Field{
		region("村(社区)"),
		grouped("person", personal(text("name", "姓名", 120, "GB 18030-2022, rule D1"))),
		personal(Field{Name: "phone", Type: Text, Zh: "电话", Rule: "mobile or landline; warns, never blocks", Source: "rule D1", Max: 30}),
		grouped("person", sensitive(Field{Name: "id_no", Type: Text, Zh: "身份证号", Rule: "18 characters with check character; warns, never blocks", Source: "GB 11643, rule D1", Max: 18})),
		grouped("person", open(choice("gender", "性别", "GB/T 2261.1", "male", "female", "unknown"))),
		grouped("person", open(number("birth_year", "出生年", "year", "PIPL 6"))),
		sensitive(list("groups", "人群", 1000, "list of group codes", "PIPL 28–29, rule D9")),
		personal(text("address", "住址", 200, "PIPL 6")),
		moment("consent_at", "同意时间"),
		choice("state", "状态", "PIPL 47", "active", "merged", "restricted"),
	},
	Indexes: []string{"region"},
}

var enterprises = Collection{
	Name: "enterprises", Zh: "企业档案", En: "enterprises", Base: Plain, Policy: Merge,
	Fields: []Field{
		region("村(社区)"),
		grouped("name", text("name", "名称", 120, "GB 32100-2015")),
		grouped("name", Field{Name: "uscc", Type: Text, Zh: "统一社会信用代码", Rule: "18 characters with check character; warns, never blocks", Source: "GB 32100-2015", Max: 18}),
		grouped("contact", personal(text("contact", "联系人", 60, "rule D1"))),
		grouped("contact", personal(text("phone", "电话", 30, "rule D1"))),
		text("address", "地址", 200, "GB 32100-2015"),
		choice("state", "状态", "glossary", "active", "closed"),
	},
	Indexes: []string{"region"},
}
