package standard

var visits = Collection{
	Name: "visits", Zh: "走访", En: "visits", Base: Plain, Policy: Merge,
	Note: "One trip of one counsel to one village. Proof of presence is light and optional.",
	Fields: []Field{
		region("村(社区)"),
		id("counsel", "法律顾问", "id of a staff account"),
		grouped("time", moment("started_at", "开始时间")),
		grouped("time", moment("ended_at", "结束时间")),
		grouped("presence", choice("presence_kind", "到村佐证", "国办函〔2026〕12号: never compulsory", "plate", "clerk", "signature", "none")),
		grouped("presence", text("presence_note", "佐证说明", 200, "table of kinds of service")),
		text("note", "备注", 2000, "rule R2"),
		choice("state", "状态", "rule R2", "open", "closed"),
	},
	Indexes: []string{"region, started_at", "counsel, started_at"},
}

var services = Collection{
	Name: "services", Zh: "服务记录", En: "service records", Base: Plain, Policy: Merge,
	Note: "One matter, one record; frozen once verified.",
	Fields: append(append([]Field{
		region("村(社区)"),
		id("visit", "走访", "id of a visit"),
		needed(id("counsel", "承办人", "id of a staff account")),
		{Name: "kind", Type: Text, Zh: "服务事项", Rule: "code of a service type", Source: "table of kinds of service", Max: 20, Pattern: `^[A-Z_]{2,20}$`},
		{Name: "topic", Type: Text, Zh: "事项类目", Rule: "4 digits, code of a topic", Source: "table of topics", Max: 4, Pattern: `^[0-9]{4}$`},
		{Name: "topic_suggested", Type: Text, Zh: "建议类目", Rule: "4 digits, code of a topic", Source: "table of topics", Max: 4, Pattern: `^[0-9]{4}$`},
		text("title", "事由", 120, "rule R5; no personal data"),
		personal(text("summary", "情况与诉求", 20000, "rule R5")),
		text("advice", "解答或处理意见", 20000, "rule R5; no personal data"),
		choice("outcome", "结果", "table of kinds of service", "answered", "drafted", "referred", "mediated_agreed", "mediated_failed", "ordered", "declined", "to_follow"),
		choice("mode", "方式", "table of kinds of service", "onsite", "phone", "chat_group", "video", "letter"),
		text("place", "地点", 200, "rule R5"),
		grouped("time", moment("occurred_at", "服务时间")),
		grouped("time", number("duration_min", "时长", "min", "rule F1")),
	}, client...), handling...),
	Indexes: []string{"region, occurred_at", "counsel, occurred_at", "state, region", "visit", "order_id", "no"},
}

// client is the part of a service that tells who was served.
var client = []Field{
	grouped("client", choice("client_kind", "服务对象", "table of kinds of service", "resident", "household", "villagers", "committee", "enterprise", "anonymous")),
	grouped("client", id("client", "居民档案", "id of a resident")),
	id("enterprise", "企业档案", "id of an enterprise"),
	grouped("client", personal(text("client_name", "姓名或名称", 120, "rule R5, D1; may be a form of address"))),
	grouped("client", personal(Field{Name: "client_phone", Type: Text, Zh: "联系电话", Rule: "mobile or landline; warns, never blocks", Source: "rule Q4, D1", Max: 30})),
	grouped("client", sensitive(Field{Name: "client_id_no", Type: Text, Zh: "身份证号", Rule: "18 characters with check character; warns, never blocks", Source: "GB 11643, rule D1", Max: 18})),
	sensitive(list("client_groups", "人群", 1000, "list of group codes", "PIPL 28–29, rule D9")),
	number("persons", "受益人数", "persons", "rule F3"),
	list("consent", "告知与同意", 4000, "purpose, scope, period, separate consents", "PIPL 14, 17, 29; rule D9"),
	choice("secrecy", "保密级", "rule D3, 保密级 sealed: admin and own counsel only", "normal", "private", "sealed"),
	sensitive(list("details", "事项明细", 100000, "the fields of the kind of service", "table of kinds of service")),
}

// handling is the part of a service that the office works on.
var handling = []Field{
	day("follow_up_at", "约期"),
	id("order_id", "关联工单", "id of an order"),
	grouped("state", choice("state", "状态", "rule R7", "draft", "submitted", "verified", "returned", "voided")),
	grouped("state", Field{Name: "no", Type: Text, Zh: "编号", Rule: "6 digits of the county, year and number, without gaps; given at verification", Source: "rule R8", Max: 40}),
	{Name: "device_no", Type: Text, Zh: "临时编号", Rule: "T-alias-number, given on the phone, never changed", Source: "rule R8", Max: 40},
	grouped("state", id("verified_by", "核验人", "id of a staff account")),
	grouped("state", moment("verified_at", "核验时间")),
	grouped("state", text("return_reason", "退回原因", 500, "rule R7")),
}

// ofService is a relation, because the rules of secrecy walk to the service.
var ofService = needed(Field{Name: "service", Type: Relation, Of: "services", Zh: "服务记录", Rule: "an existing service, over REST; by sync it may arrive later", Source: "rule D3", Max: 15})

var documents = Collection{
	Name: "documents", Zh: "文书", En: "documents", Base: Plain, Policy: Merge,
	Note: "Drafted from a template; immutable and numbered once filed.",
	Fields: []Field{
		region("村(社区)"),
		ofService,
		text("template", "文书模板", 40, "document templates"),
		grouped("text", personal(text("title", "标题", 200, "GB/T 9704-2012"))),
		grouped("text", sensitive(list("body", "正文", 200000, "the template's fields and paragraphs", "document templates"))),
		grouped("state", choice("state", "状态", "档案法 37", "draft", "submitted", "filed", "returned", "superseded")),
		grouped("state", text("no", "编号", 40, "rule R8")),
		text("device_no", "临时编号", 40, "rule R8"),
		grouped("state", moment("filed_at", "归档时间")),
		grouped("state", Field{Name: "hash", Type: Text, Zh: "正文摘要", Rule: "suite and digest of the filed text", Source: "档案法 37, 电子签名法", Max: 100}),
		id("supersedes", "替代文书", "id of the document that this one corrects"),
	},
	Indexes: []string{"service", "region, state", "no"},
}

var attachments = Collection{
	Name: "attachments", Zh: "附件", En: "attachments", Base: Plain, Policy: Append,
	Note: "The file itself lies in the store of blobs under its hash.",
	Fields: []Field{
		region("村(社区)"),
		ofService,
		choice("kind", "类别", "table of kinds of service; never compulsory", "photo", "signature", "audio", "scan", "other"),
		needed(Field{Name: "sha256", Type: Text, Zh: "文件摘要", Rule: "64 lower-case hexadecimal digits", Source: "docs/sync.md", Max: 64, Pattern: hashPattern}),
		number("size", "大小", "bytes", "docs/security.md"),
		{Name: "mime", Type: Text, Zh: "格式", Rule: "media type", Source: "RFC 6838", Max: 100},
		personal(text("name", "原文件名", 200, "PIPL 6")),
	},
	Indexes: []string{"service", "region", "sha256"},
}
