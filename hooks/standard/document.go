package standard

import (
	"fmt"
	"strings"
)

//go:generate go test . -run TestTheDocumentIsFresh -update

const intro = `# 统一数据标准 / The unified data standard

*This page is printed from hooks/standard by ` + "`go generate ./hooks/standard`" + `; do not edit it. A test fails when it is stale, another
when the database differs.*

- **类型 type** — text, number, bool, json (a list or an object) or relation (one id). Texts are UTF-8 and counted in characters, a rare character
  counts as one; json is counted in bytes. Nothing is null: an unset text is "", an unset number 0.
- **规则 rule** — what a value that is not empty must satisfy. *Needed*: may not be empty. A wrong identity number, credit code or telephone number
  that comes by sync is kept and marked, never refused. At a desk, where the paper can be looked at again, it is refused (id_check_digit, uscc_check, phone_format)
  unless the request says that the paper shows it so: ` + "`?unchecked=1`" + ` for residents and enterprises over REST, ` + "`\"unchecked\": true`" + ` in the body of
  POST /api/office/services. A good one is brought to one form.
- **来源 source** — the law or standard, or the business rule (R5, F1, D3 …), that the field comes from.
- **个人信息 personal data** — none, personal or sensitive (个人信息保护法第28条). *Hidden* fields are never returned by the REST interface: pages
  show them masked, and in full only for a purpose that is written to the audit trail.
- **组 group** — when changes of two people meet, the newer one wins field by field; the fields of one group move together.
- **同步 sync** — merge: by field and group. append: made once, never edited. authority: only nodes write. local: does not travel. Lane *office*: only nodes
  read it.
- Every record has an ` + "`id`" + `: 15 characters a–z and 0–9, or the code itself for regions, topics and kinds of service. Accounts have an e-mail address
  (personal) and a password, of which only a hash is kept (sensitive, hidden).

`

// Document prints the standard as a page of Markdown.
func Document() string {
	var page strings.Builder
	page.WriteString(intro)
	page.WriteString("| 数据集 collection | | 同步 sync | 字段 fields | 个人 personal | 敏感 sensitive |\n|---|---|---|---|---|---|\n")
	for _, c := range Collections {
		fmt.Fprintf(&page, "| [%s](#%s) | %s, %s | %s | %d | %d | %d |\n", c.Name, c.Name, c.Zh, c.En, c.travels(), len(c.Fields), c.count(Personal), c.count(Sensitive))
	}
	for _, c := range Collections {
		page.WriteString(c.section())
	}
	return page.String()
}

func (c Collection) count(pii PII) (n int) {
	for _, f := range c.Fields {
		if f.PII == pii {
			n++
		}
	}
	return n
}

func (c Collection) travels() string {
	switch {
	case c.Policy == Local:
		return "local"
	case c.Lane != "":
		return string(c.Policy) + ", lane " + c.Lane
	}
	return string(c.Policy)
}

func (c Collection) section() string {
	var page strings.Builder
	fmt.Fprintf(&page, "\n## %s\n\n%s, %s. Kind: %s. Sync: %s.", c.Name, c.Zh, c.En, c.Base, c.travels())
	if c.Note != "" {
		page.WriteString(" " + c.Note)
	}
	page.WriteString("\n\n| 字段 field | 名称 | 类型 type | 单位 unit | 规则 rule | 来源 source | 个人信息 | 组 group |\n|---|---|---|---|---|---|---|---|\n")
	for _, f := range c.Fields {
		cells := []string{"`" + f.Name + "`", f.Zh, f.kind(), f.Unit, f.rule(), f.Source, f.class(), f.Group}
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(cell, "|", "\\|")
		}
		page.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	if len(c.Indexes) > 0 {
		page.WriteString("\nIndexes: " + strings.Join(c.Indexes, "; ") + ".\n")
	}
	return page.String()
}

func (f Field) kind() string {
	switch f.Type {
	case Text:
		return fmt.Sprintf("text %d", f.Limit())
	case JSON:
		return fmt.Sprintf("json %d", f.Limit())
	case Relation:
		return "relation to " + f.Of
	case Number, Bool:
	}
	return string(f.Type)
}

func (f Field) rule() string {
	rule := f.Rule
	if len(f.Options) > 0 {
		rule += ": " + strings.Join(f.Options, ", ")
	}
	if f.Needed {
		rule = strings.TrimPrefix(rule+"; needed", "; ")
	}
	return rule
}

func (f Field) class() string {
	class := string(f.PII)
	if f.PII == "" {
		class = string(None)
	}
	if f.Hidden {
		class += ", hidden"
	}
	return class
}
